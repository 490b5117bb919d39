import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { projectFolder } from "../project";
import { type ConformanceCase } from "./case";

const engineCases = join(projectFolder, "lib", "template", "testdata");
const sprigCases = join(projectFolder, "lib", "template", "sprig", "testdata");
const furtherCases = join(projectFolder, "hack", "conformance", "cases");

interface EngineCorpus {
  readonly missingKey: ConformanceCase["missingKey"];
  readonly data: unknown;
  readonly cases: readonly { readonly template: string }[];
}

interface FurtherCases {
  readonly data: unknown;
  readonly templates: readonly string[];
}

const jsonFiles = (folder: string) => readdirSync(folder).filter(name => name.endsWith(".json"));
const read = (folder: string, name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

/** JSON of data whose numbers are written out: `{"$int": "..."}` beyond 2^53, `{"$float": "..."}` with a point or an exponent. */
function plainJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plainJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("$int" in value) return String(value.$int);
  if ("$float" in value) return /[.e]/.test(String(value.$float)) ? String(value.$float) : `${String(value.$float)}.0`;
  return `{${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)}:${plainJson(each)}`)
    .join(",")}}`;
}

/** The cases that people wrote, with those recorded beside the engine and beside Sprig's functions. */
export function handMadeCases(): ConformanceCase[] {
  const engine = jsonFiles(engineCases).flatMap(name => {
    const { missingKey, data, cases } = read(engineCases, name) as EngineCorpus;
    const text = plainJson(data);
    return cases.map(({ template }) => ({ template, data: text, missingKey }));
  });
  const functions = jsonFiles(sprigCases)
    .filter(name => name !== "differences.json")
    .flatMap(name => read(sprigCases, name) as readonly { readonly template: string }[])
    .map(({ template }) => ({ template, data: "{}", missingKey: "default" as const }));
  const further = jsonFiles(furtherCases).flatMap(name => {
    const { data, templates } = read(furtherCases, name) as FurtherCases;
    const text = plainJson(data);
    return templates.map(template => ({ template, data: text, missingKey: "default" as const }));
  });
  return [...engine, ...functions, ...further];
}
