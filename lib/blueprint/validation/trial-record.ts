import { type LynqHubSpec } from "../../../crds";
import { type SampleRecord, sampleContext, sampleRecords, type SampleRow } from "../admission/samples";
import { type RenderContext } from "../render";
import { type Template } from "../../template";

/** A row that a form is tried with. */
export interface TrialRecord {
  readonly uid: string;
  /** A row that the hub has read, as opposed to a made-up one. */
  readonly real: boolean;
  readonly guessed: ReadonlySet<string>;
  readonly context: RenderContext;
  /** The same row with other guesses, where something is guessed. */
  readonly alternatives: readonly RenderContext[];
}

/** A row of the hub, as one of its nodes keeps it. */
export interface KnownRow extends SampleRow {
  /** The form's own node of the row; undefined while it has none. */
  readonly nodeName?: string;
}

export interface TrialOrigin {
  readonly namespace: string;
  readonly hub: string;
  readonly form: string;
}

/** What a column that nothing is known of may hold beside plain text: a number or flag, and JSON. */
const otherGuesses = ["1", "{}"];

/**
 * The rows that a form is tried with: real ones, or made-up ones while there are none.
 *
 * @param variables what the form reads, for a hub that is not there
 */
export function trialRecords(
  hub: LynqHubSpec | undefined,
  rows: readonly KnownRow[],
  origin: TrialOrigin,
  variables: Iterable<string> = [],
): TrialRecord[] {
  const sensitive = new Set(hub?.sensitiveValues);
  const read = hub === undefined ? [...variables] : [];
  const real = rows.length > 0;
  const contextOf = (sample: SampleRecord, index: number): RenderContext => {
    const context = sampleContext(sample, origin, sensitive);
    const name = rows[index]?.nodeName;
    return name === undefined ? context : { ...context, node: { ...context.node, name } };
  };
  const samplesWith = (guess?: string) =>
    sampleRecords(hub, { rows, variables: read, ...(guess === undefined ? {} : { guess }) });
  const others = otherGuesses.map(samplesWith);
  return samplesWith().map((sample, index) => ({
    uid: sample.uid,
    real,
    guessed: sample.guessed,
    context: contextOf(sample, index),
    alternatives: others.flatMap(samples => (samples[index] === undefined ? [] : [contextOf(samples[index], index)])),
  }));
}

/**
 * How far a template's result says something of real rows: `sure`, where only known values are in it; `typed`, where a value is made up as the hub's row schema
 * describes it; `guessed`, where nothing is known of one.
 */
export type Certainty = "sure" | "typed" | "guessed";

/** The same for every row. */
const constants: ReadonlySet<string> = new Set(["hubId", "templateRef"]);

export function certaintyOf(
  { analysis }: Template,
  { real, guessed }: Pick<TrialRecord, "real" | "guessed">,
): Certainty {
  const names = analysis.variables.map(({ name }) => name);
  if (names.some(name => guessed.has(name)) || (analysis.readsWholeData && (!real || guessed.size > 0)))
    return "guessed";
  if (real) return "sure";
  if (names.includes("uid")) return "guessed";
  return names.every(name => constants.has(name)) ? "sure" : "typed";
}
