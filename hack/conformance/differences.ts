import { readFileSync } from "node:fs";
import { join } from "node:path";

import { projectFolder } from "../project";
import { type ConformanceCase, type Outcome } from "./case";
import { featuresOf } from "./features";

/** One known difference from Go: what it is, why it is kept, and what shows it. */
export interface Difference {
  readonly name: string;
  readonly reason: string;
  /** A template that shows it calls one function of each of these groups. */
  readonly functions: readonly (readonly string[])[];
  /** Regular expressions of what both say, where that tells it apart. */
  readonly go?: string;
  readonly ours?: string;
  readonly cases: readonly DifferentCase[];
}

export interface DifferentCase {
  readonly template: string;
  readonly go: { readonly output?: string; readonly error?: string };
  readonly ours: { readonly output?: string; readonly error?: string };
}

const differencesFile = join(projectFolder, "hack", "conformance", "differences.json");

/** All known differences from Go: there is no other list. */
export function knownDifferences(): Difference[] {
  return JSON.parse(readFileSync(differencesFile, "utf8")) as Difference[];
}

const wordsOf = (outcome: Outcome): string => ("output" in outcome ? outcome.output : outcome.error);

/** Why a case's outcomes may differ, or undefined when they may not. */
export function explain(
  { template }: ConformanceCase,
  { ours, go }: { readonly ours: Outcome; readonly go: Outcome },
  differences: readonly Difference[],
): Difference | undefined {
  const called = new Set(featuresOf(template).functions);
  return differences.find(
    each =>
      (each.functions.length > 0 || each.go !== undefined) &&
      each.functions.every(group => group.some(name => called.has(name))) &&
      (each.go === undefined || new RegExp(each.go).test(wordsOf(go))) &&
      (each.ours === undefined || new RegExp(each.ours).test(wordsOf(ours))),
  );
}
