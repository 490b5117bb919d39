import {
  type DocumentOptions,
  LineCounter,
  parseAllDocuments,
  type ParseOptions,
  type SchemaOptions,
  type Tags,
} from "yaml";
import { isPlainObject } from "../../lib/blueprint/object";
import { type Finding } from "../finding";
import { Manifest, type SourceText } from "./manifest";

/** Tags of YAML 1.1 that kubectl's parser does not know: `2024-01-31` and `12:30` are text. */
const unknownTags: ReadonlySet<string> = new Set([
  "timestamp",
  "intTime",
  "floatTime",
  "binary",
  "set",
  "omap",
  "pairs",
]);

/** YAML as kubectl reads it: `yes` is true, `0644` is octal, `<<` merges. */
const likeKubectl: ParseOptions & DocumentOptions & SchemaOptions = {
  version: "1.1",
  merge: true,
  customTags: (tags: Tags) =>
    tags.filter(tag => {
      if (typeof tag === "string") return !unknownTags.has(tag);
      return tag.format !== "TIME" && !unknownTags.has(tag.tag.replace(/^.*:/, ""));
    }),
  prettyErrors: false,
};

export interface ReadManifests {
  readonly manifests: readonly Manifest[];
  /** What is no YAML, or no object. */
  readonly findings: readonly Finding[];
}

/** Reads the objects of a file: each of its documents, and each item of a List. Comments and empty documents are nothing. */
export function readManifests(source: SourceText): ReadManifests {
  const manifests: Manifest[] = [];
  const findings: Finding[] = [];
  const lineCounter = new LineCounter();
  const report = (offset: number, message: string) => {
    const { line, col } = lineCounter.linePos(offset);
    findings.push({ severity: "error", file: source.name, line, column: col, path: "", message });
  };
  const documents = parseAllDocuments(source.text, { ...likeKubectl, lineCounter });
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error !== undefined) {
      report(error.pos[0], `is not valid YAML: ${oneLine(error.message)}`);
      continue;
    }
    const start = document.contents?.range[0] ?? 0;
    let value: unknown;
    try {
      value = document.toJS();
    } catch (error) {
      report(start, `is not valid YAML: ${oneLine(error instanceof Error ? error.message : String(error))}`);
      continue;
    }
    if (value === null || value === undefined) continue;
    if (!isPlainObject(value)) {
      report(start, "is not a Kubernetes object: it has no apiVersion and kind");
      continue;
    }
    const { kind, items } = value;
    if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)) {
      items.forEach((item: unknown, index) => {
        if (isPlainObject(item)) manifests.push(new Manifest(source, document, ["items", index], item));
      });
    } else {
      manifests.push(new Manifest(source, document, [], value));
    }
  }
  return { manifests, findings };
}

function oneLine(message: string): string {
  return message.replace(/\s*\n\s*/g, " ");
}
