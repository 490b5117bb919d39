import { type SizeResult } from "../run";

/** The results of a run, as they are written to its JSON. */
export interface BenchReport {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly machine: Machine;
  readonly sizes: readonly SizeResult[];
}

export interface Machine {
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryBytes: number;
  readonly node: string;
  /** Load averages of the last minute at the beginning and at the end: a machine that does something else measures that, too. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** Operator ÷ floor of the cold fill. */
export interface FillRatios {
  /** From the INSERT to all Ready in status ÷ the floor's start to all Deployments available: the ratio of record. */
  readonly ready: number;
  /** The same from the poll that saw the rows. */
  readonly readyFromPoll: number;
  /** From the INSERT to all Ready ÷ the floor's start to its last answer: stricter, since the floor then waits for nothing. */
  readonly strict: number;
  /** From the INSERT until every object exists ÷ the floor's start to its last answer. */
  readonly written: number;
}

export function fillRatios({ floor, phases }: SizeResult): FillRatios | undefined {
  const seconds = phases.find(({ phase }) => phase === "fill")?.seconds;
  if (floor === undefined || seconds === undefined) return undefined;
  const at = (moment: string) => seconds[moment] ?? NaN;
  const { writtenSeconds, settledSeconds } = floor.fill;
  return {
    ready: at("all Ready") / settledSeconds,
    readyFromPoll: (at("all Ready") - at("first poll")) / settledSeconds,
    strict: at("all Ready") / writtenSeconds,
    written: at("all children") / writtenSeconds,
  };
}

/** Operator ÷ floor of another phase whose end both reach: the operator from the commit, the floor until it has settled. */
export function floorRatio({ floor, phases }: SizeResult, phase: "form-change" | "deactivate-all"): number | undefined {
  const times = phase === "form-change" ? floor?.formChange : floor?.deletion;
  const seconds = Object.values(phases.find(each => each.phase === phase)?.seconds ?? {}).at(-1);
  return times === undefined || seconds === undefined ? undefined : seconds / times.settledSeconds;
}
