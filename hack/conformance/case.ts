import { type MissingKey } from "../../lib/template";

/** One thing to render, by Go and by us. */
export interface ConformanceCase {
  readonly template: string;
  /** JSON, as text: numbers keep their digits. */
  readonly data: string;
  readonly missingKey: Exclude<MissingKey, "strict">;
}

/** What one of the two made of a case. */
export type Outcome =
  | { readonly output: string }
  | { readonly error: string; readonly line: number; readonly column: number };

/** The case as a line of input for either program, without the line break. */
export const lineOf = ({ template, data, missingKey }: ConformanceCase): string =>
  `{"template":${JSON.stringify(template)},"data":${data},"missingkey":"${missingKey}"}`;

/** Byte-equal outputs, or errors of both; texts of errors are each side's own. */
export function agree(ours: Outcome, go: Outcome): boolean {
  return "output" in go ? "output" in ours && ours.output === go.output : "error" in ours && !isDefect(ours);
}

/** The engine broke, rather than refused. */
const isDefect = (outcome: Outcome): boolean =>
  "error" in outcome && /the function failed|the template engine failed/.test(outcome.error);
