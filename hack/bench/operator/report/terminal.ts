import { table } from "../../../../cli/table";
import { type Distribution } from "../../distribution";
import { type RequestCounts } from "../observers/audit-log";
import { type PhaseResult } from "../phases/phase";
import { type SizeResult } from "../run";
import { fillRatios } from "./figures";

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
    number(all / nodes, 2),
    number(requests.reads),
    number(requests.writes),
    number(cost.openWatches),
    number(database.queries),
    number(database.rowsRead),
    number(database.connections),
    number(cpuSeconds, 2),
    number(cpuSeconds === undefined ? undefined : (cpuSeconds * 1_000) / nodes),
    number(mebibytes(cost.peakRssBytes), 0),
    number(cost.loopDelay?.p99),
    number(cost.sockets),
  ];
}

/** The most frequent kinds of requests, a node. */
function breakdown({ byKind }: RequestCounts, nodes: number): string {
  const kinds = Object.entries(byKind).sort(([, a], [, b]) => b - a);
  return kinds.map(([kind, count]) => `${kind} ${number(count / nodes, 2)}`).join(", ");
}

/** One operator over one number of rows, as a table and what does not fit in one. */
export function describeSize(size: SizeResult): string {
  const { operator, rows, floor, floorTurn, phases } = size;
  const lines = [
    `${operator}: ${rows} rows × 5 objects`,
    "",
    table([[...columns, ...moreColumns], ...phases.map(line)]),
    "",
  ];
  for (const { phase, title, seconds, samples, notes = {}, cost, nodes } of phases) {
    lines.push(`${phase}: ${title}`);
    const moments = Object.entries(seconds).map(([moment, at]) => `${moment} ${number(at)} s`);
    if (moments.length > 1) lines.push(`  ${moments.join(", ")}`);
    for (const [what, values] of Object.entries(samples))
      lines.push(`  ${what}: ${milliseconds(values)} (${values.count})`);
    for (const [what, value] of Object.entries(notes))
      lines.push(`  ${what}: ${typeof value === "number" ? number(value, 2) : value}`);
    const requests = breakdown(cost.requests, nodes);
    if (requests !== "") lines.push(`  requests a node: ${requests}`);
    const refused = Object.entries(cost.requests.refused).map(([code, count]) => `${count} × ${code}`);
    if (refused.length > 0) lines.push(`  refused: ${refused.join(", ")}`);
  }
  const ratios = fillRatios(size);
  if (floor !== undefined && ratios !== undefined) {
    const sweep = Object.entries(floor.sweep).map(([at, perSecond]) => `${at}: ${number(perSecond, 0)}/s`);
    lines.push(
      "",
      `floor (its turn was ${floorTurn} the operator's): ${floor.concurrency} requests at once (${sweep.join(", ")})`,
      `  fill: all written ${number(floor.fill.writtenSeconds)} s, all Deployments available ${number(floor.fill.settledSeconds)} s`,
      `  fill ÷ floor: ${number(ratios.ready, 2)}, from the INSERT to all Ready ÷ to all available: the ratio of record`,
      `                ${number(ratios.readyFromPoll, 2)}, the same from the poll that saw the rows`,
      `                ${number(ratios.strict, 2)}, to all Ready ÷ to all written`,
      `                ${number(ratios.written, 2)}, to all objects there ÷ to all written`,
    );
  }
  return lines.join("\n");
}
