import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { projectFolder } from "../project";
import { type ConformanceCase, type Outcome } from "./case";
import { generateCases } from "./generator";
import { type ReferenceProgram } from "./reference-program";

const file = join(projectFolder, "hack", "conformance", "recorded.ndjson");

/** Another seed than that of the whole run, so that the two prove more together. */
const seed = 20_260_101;
const count = 2_500;

/** A generated case with what Go made of it when it was recorded. */
export interface RecordedCase extends ConformanceCase {
  readonly go: Outcome;
}

/** One line: data for all lines up to the next data, or a case. */
type Line = { readonly data: string } | (Pick<ConformanceCase, "template" | "missingKey"> & { readonly go: Outcome });

/** Stores what Go makes of a generated run, for npm test. */
export async function record(reference: ReferenceProgram): Promise<void> {
  const cases = generateCases(seed, count);
  const outcomes = await reference.render(cases);
  let shared: string | undefined;
  const lines = cases.flatMap(({ template, missingKey, data }, index): Line[] => {
    const go = outcomes[index];
    if (go === undefined) throw new RangeError(`Go has no answer for case ${index}`);
    const head = data === shared ? [] : [{ data }];
    shared = data;
    return [...head, { template, missingKey, go }];
  });
  writeFileSync(file, lines.map(line => `${JSON.stringify(line)}\n`).join(""));
}

/** The generated cases with what Go made of them. */
export function recordedCases(): RecordedCase[] {
  let shared = "{}";
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(text => text !== "")
    .flatMap(text => {
      const line = JSON.parse(text) as Line;
      if ("template" in line) return [{ ...line, data: shared }];
      shared = line.data;
      return [];
    });
}
