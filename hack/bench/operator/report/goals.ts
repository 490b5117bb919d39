import { NODES } from "../../../../lib/controllers/kinds";
import { syncIntervalMs } from "../form";
import { childKindNames, childKinds } from "../kinds";
import { type PhaseName } from "../phases/names";
import { type PhaseResult } from "../phases/phase";
import { type SizeResult } from "../run";
import { fillRatios, floorRatio } from "./figures";

/** What was promised of one figure, and what it is. */
export interface Goal {
  readonly measure: string;
  readonly goal: string;
  readonly value: number;
  readonly isMet: boolean;
}

const atMost = (measure: string, limit: number, value: number | undefined, unit = ""): Goal[] =>
  value === undefined || Number.isNaN(value)
    ? []
    : [{ measure, goal: `${limit}${unit}`, value, isMet: value <= limit + 1e-9 }];

const kindsOfNodes = [NODES, ...childKindNames.map(kind => childKinds[kind])].map(({ plural }) => `get ${plural}`);

/** Reads of nodes and of their objects; lists of whole kinds, discovery and schemas are no work for a node. */
const gets = ({ cost: { requests } }: PhaseResult): number =>
  kindsOfNodes.reduce((sum, kind) => sum + (requests.byKind[kind] ?? 0), 0);

/** The hub reads its table after its interval, or up to a tenth earlier. */
const queriesIn = (seconds: number): number => Math.floor(seconds / (syncIntervalMs / 1_000) / 0.9) + 1;

/** The goals that this run can say something about (docs/bench.md). */
export function goalsOf(size: SizeResult): Goal[] {
  if (!size.isOurs) return [];
  const phase = (name: PhaseName) => size.phases.find(each => each.phase === name);
  const fill = phase("fill");
  const idle = phase("idle");
  const restart = phase("restart");
  const few = phase("one-of-ten")?.samples["from poll"]?.p95;
  const one = phase("one-row")?.samples["from poll"]?.p95;
  const meanwhile = phase("form-change")?.samples["single rows, from poll"]?.p95;
  return [
    ...atMost("cold fill ÷ floor", 1.2, fillRatios(size)?.ready),
    ...atMost(
      "requests a node in the fill",
      9,
      fill && (fill.cost.requests.reads + fill.cost.requests.writes) / size.rows,
    ),
    ...atMost("reads of objects a node in the fill", 0, fill && gets(fill) / size.rows),
    ...atMost("idle: writes", 0, idle?.cost.requests.writes),
    ...atMost("idle: reads", 0, idle?.cost.requests.reads),
    ...(idle === undefined
      ? []
      : atMost(
          `idle: queries in ${idle.cost.seconds.toFixed(0)} s`,
          queriesIn(idle.cost.seconds),
          idle.cost.database.queries,
        )),
    ...atMost(
      "one row among all ÷ among ten, p95 from the poll",
      1.5,
      one !== undefined && few !== undefined ? one / few : undefined,
    ),
    ...atMost("form change ÷ floor", 1.2, floorRatio(size, "form-change")),
    ...atMost(
      "single rows during a form change ÷ in quiet, p95 from the poll",
      2,
      one !== undefined && meanwhile !== undefined ? meanwhile / one : undefined,
    ),
    ...atMost("restart, nothing changed: writes", 0, restart?.cost.requests.writes),
    ...atMost(
      "peak memory, MiB",
      512,
      Math.max(...size.phases.map(({ cost }) => (cost.peakRssBytes ?? NaN) / 2 ** 20)),
    ),
    ...atMost("deletion of all ÷ floor", 1.3, floorRatio(size, "deactivate-all")),
  ];
}
