import { lineOf, agree, type ConformanceCase, type Outcome } from "./case";
import { type Difference, explain } from "./differences";
import { Answerer } from "../template/answer";

/** A case with what both made of it. */
export interface Comparison {
  readonly case: ConformanceCase;
  readonly ours: Outcome;
  readonly go: Outcome;
  readonly verdict: "agrees" | "known difference" | "disagrees";
  /** The difference that explains it. */
  readonly difference: Difference | undefined;
}

/** Renders cases here, and compares with what Go made of them. */
export function compare(
  cases: readonly ConformanceCase[],
  reference: readonly Outcome[],
  differences: readonly Difference[],
): Comparison[] {
  const answerer = new Answerer();
  return cases.map((each, index) => {
    const ours = answerer.answer(lineOf(each));
    const go = reference[index];
    if (go === undefined) throw new RangeError(`Go has no answer for case ${index}`);
    if (agree(ours, go)) return { case: each, ours, go, verdict: "agrees", difference: undefined };
    const difference = explain(each, { ours, go }, differences);
    return { case: each, ours, go, verdict: difference === undefined ? "disagrees" : "known difference", difference };
  });
}
