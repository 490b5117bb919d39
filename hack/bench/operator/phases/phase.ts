import { type BenchArguments } from "../arguments";
import { now } from "../clock";
import { type Distribution } from "../../distribution";
import { type Log } from "../../../log";
import { pause } from "../../../wait";
import { syncIntervalMs } from "../form";
import { type Cost } from "../meter";
import { type NamespaceWatch } from "../observers/watch";
import { type World } from "../world";
import { type PhaseName } from "./names";

/** A run of one operator over one number of rows. */
export interface PhaseContext {
  readonly world: World;
  readonly watch: NamespaceWatch;
  readonly arguments: BenchArguments;
  /** How many rows. */
  readonly count: number;
  readonly log: Log;
  /** The image that the form has now. */
  image: string;
  /** Whether the operator went on asking when nothing changed: later phases then do not wait for its rest. */
  neverRests: boolean;
}

/** What one phase came to. */
export interface PhaseResult {
  readonly phase: PhaseName;
  /** What the phase is about, in its own words. */
  readonly title: string;
  /** Nodes that its cost is shared among; undefined where it is no matter of single nodes. */
  readonly nodes: number | undefined;
  /** Seconds by what they lead to, in order. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Of what was sampled, in milliseconds. */
  readonly samples: Readonly<Record<string, Distribution>>;
  readonly cost: Cost;
  /** Seconds since the start at which each node got there, by what, for the plot. */
  readonly curves?: Readonly<Record<string, readonly number[]>>;
  /** Of what was sampled: how many times it came to its end, of how many. */
  readonly succeeded?: Readonly<Record<string, readonly [number, number]>>;
  /** Figures that only this phase has. */
  readonly notes?: Readonly<Record<string, string | number>>;
}

export type Phase = (context: PhaseContext) => Promise<PhaseResult>;

export const limitMs = ({ arguments: { limitMinutes } }: PhaseContext): number => limitMinutes * 60_000;

/** Two intervals more, so that the events and counts that follow a change are among its cost. */
export const afterglow = (): Promise<void> => pause(2 * syncIntervalMs);

export const secondsSince = (start: number, moment = now()): number => (moment - start) / 1_000;

/** Resolves when the operator has asked the API server for nothing during two intervals, or after `limit` milliseconds: some never rest. */
export async function untilQuiet(
  { world: { meter }, neverRests }: PhaseContext,
  limit = neverRests ? 0 : 60_000,
): Promise<boolean> {
  const end = now() + limit;
  for (;;) {
    const from = await meter.audit.position();
    await pause(2 * syncIntervalMs);
    const { reads, writes } = await meter.audit.count(from, await meter.audit.position());
    if (reads + writes === 0) return true;
    if (now() > end) return false;
  }
}
