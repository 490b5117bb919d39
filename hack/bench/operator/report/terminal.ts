import { table } from "../../../../cli/table";
import { type Distribution } from "../../distribution";
import { type FloorTimes } from "../floor-turn";
import { type RequestCounts } from "../observers/audit-log";
import { type PhaseResult } from "../phases/phase";
import { type SizeResult } from "../run";
import { fillRatios, floorRatio } from "./figures";
import { goalsOf } from "./goals";

const number = (value: number | undefined, digits = 1): string =>
  value === undefined || Number.isNaN(value)
    ? "-"
    : value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: 0 });

const mebibytes = (bytes: number | undefined) => (bytes === undefined ? undefined : bytes / 2 ** 20);
const milliseconds = ({ p50, p95 }: Distribution) => `p50 ${number(p50)} ms, p95 ${number(p95)} ms`;

const columns = [
  "phase",
  "seconds",
  "requests",
  "a node",
  "reads",
  "writes",
  "watches",
  "queries",
  "rows read",
  "connections",
];
const moreColumns = ["CPU s", "ms a node", "peak MiB", "loop p99 ms", "sockets"];

function line({ phase, seconds, nodes, cost }: PhaseResult): string[] {
  const { requests, database, cpuSeconds } = cost;
  const all = requests.reads + requests.writes;
  const last = Object.values(seconds).at(-1);
  return [
    phase,
    number(last),
    number(all),
    number(nodes === undefined ? undefined : all / nodes, 2),
    number(requests.reads),
    number(requests.writes),
    number(cost.openWatches),
    number(database.queries),
    number(database.rowsRead),
    number(database.connections),
    number(cpuSeconds, 2),
    number(cpuSeconds === undefined || nodes === undefined ? undefined : (cpuSeconds * 1_000) / nodes),
    number(mebibytes(cost.peakRssBytes), 0),
    number(cost.loopDelay?.p99),
    number(cost.sockets),
  ];
}

const countOf = ({ count }: Distribution, share?: readonly [number, number]): string =>
  share === undefined || share[0] === share[1] ? String(count) : `${share[0]} of ${share[1]}`;

/** Every kind of request, the most frequent first: a node, or in all. */
function breakdown({ byKind }: RequestCounts, nodes: number | undefined): string {
  const kinds = Object.entries(byKind).sort(([, a], [, b]) => b - a);
  const shares = kinds.map(([kind, count]) => `${kind} ${number(count / (nodes ?? 1), 2)}`);
  return `requests${nodes === undefined ? "" : " a node"}: ${shares.join(", ")}`;
}

/** One operator over one number of rows, as a table and what does not fit in one. */
export function describeSize(size: SizeResult): string {
  const { operator, rows, phases, failures } = size;
  const lines = [
    `${operator}: ${rows} rows × 5 objects`,
    "",
    table([[...columns, ...moreColumns], ...phases.map(line)]),
    "",
  ];
  for (const { phase, title, seconds, samples, succeeded = {}, notes = {}, cost, nodes } of phases) {
    lines.push(`${phase}: ${title}`);
    const moments = Object.entries(seconds).map(([moment, at]) => `${moment} ${number(at)} s`);
    if (moments.length > 1) lines.push(`  ${moments.join(", ")}`);
    for (const [what, values] of Object.entries(samples))
      lines.push(`  ${what}: ${milliseconds(values)} (${countOf(values, succeeded[what])})`);
    for (const [what, value] of Object.entries(notes))
      lines.push(`  ${what}: ${typeof value === "number" ? number(value, 2) : value}`);
    if (cost.requests.reads + cost.requests.writes > 0) lines.push(`  ${breakdown(cost.requests, nodes)}`);
    const refused = Object.entries(cost.requests.refused).map(([code, count]) => `${count} × ${code}`);
    if (refused.length > 0) lines.push(`  refused: ${refused.join(", ")}`);
  }
  lines.push(...describeFloor(size), ...describeGoals(size));
  for (const { where, reason } of failures) lines.push("", `NO RESULT of ${where}: ${reason}`);
  return lines.join("\n");
}

function describeFloor(size: SizeResult): string[] {
  const { floor, floorTurn } = size;
  if (floor === undefined) return [];
  const sweep = Object.entries(floor.sweep).map(([at, perSecond]) => `${at}: ${number(perSecond, 0)}/s`);
  const times = ({ writtenSeconds, settledSeconds }: FloorTimes, settled: string) =>
    `all written ${number(writtenSeconds)} s, ${settled} ${number(settledSeconds)} s`;
  const lines = [
    "",
    `floor (its turn was ${floorTurn} the operator's): ${floor.concurrency} requests at once (${sweep.join(", ")})`,
    `  fill: ${times(floor.fill, "all Deployments available")}`,
  ];
  const ratios = fillRatios(size);
  if (ratios !== undefined)
    lines.push(
      `    fill ÷ floor: ${number(ratios.ready, 2)}, from the INSERT to all Ready ÷ to all available: the ratio of record`,
      `                  ${number(ratios.readyFromPoll, 2)}, the same from the poll that saw the rows`,
      `                  ${number(ratios.strict, 2)}, to all Ready ÷ to all written`,
      `                  ${number(ratios.written, 2)}, to all objects there ÷ to all written`,
    );
  if (floor.formChange !== undefined) {
    lines.push(`  form change: ${times(floor.formChange, "all Deployments available")}`);
    lines.push(
      `    form change ÷ floor: ${number(floorRatio(size, "form-change"), 2)}, to all Ready ÷ to all available`,
    );
  }
  if (floor.deletion !== undefined) {
    lines.push(`  deletion: ${times(floor.deletion, "all gone")}`);
    lines.push(
      `    deletion ÷ floor: ${number(floorRatio(size, "deactivate-all"), 2)}, from the UPDATE to all gone ÷ to all gone`,
    );
  }
  return lines;
}

function describeGoals(size: SizeResult): string[] {
  const goals = goalsOf(size);
  if (goals.length === 0) return [];
  const rows = goals.map(({ measure, goal, value, isMet }) => [
    measure,
    goal,
    number(value, 2),
    isMet ? "met" : "MISSED",
  ]);
  return ["", table([["goal", "at most", "measured", ""], ...rows])];
}
