import { table } from "../../../../cli/table";
import { type PhaseResult } from "../phases/phase";
import { type SizeResult } from "../run";

const ratio = (ours: number | undefined, theirs: number | undefined): string => {
  if (ours === undefined || theirs === undefined || Number.isNaN(ours) || Number.isNaN(theirs)) return "-";
  if (ours === 0) return theirs === 0 ? "equal" : "ours 0";
  return `${(theirs / ours).toLocaleString("en-US", { maximumFractionDigits: 2 })} ×`;
};

const requests = ({ cost }: PhaseResult) => cost.requests.reads + cost.requests.writes;
const rate = (phase: PhaseResult) => requests(phase) / phase.cost.seconds;
const lastMoment = ({ seconds }: PhaseResult) => Object.values(seconds).at(-1);
const slowest = ({ samples }: PhaseResult) => samples["from poll"]?.p95;

/** How much of each the other operator needs, in times of ours, phase by phase; empty when only one of them ran. */
export function describeComparison(sizes: readonly SizeResult[]): string {
  const lines = sizes
    .filter(({ isOurs }) => !isOurs)
    .flatMap(other => {
      const ours = sizes.find(({ isOurs, rows }) => isOurs && rows === other.rows);
      return other.phases.flatMap(theirs => {
        const own = ours?.phases.find(({ phase }) => phase === theirs.phase);
        if (own === undefined) return [];
        const { phase } = theirs;
        return [
          [
            String(other.rows),
            phase,
            phase === "idle" ? "-" : ratio(lastMoment(own), lastMoment(theirs)),
            ratio(slowest(own), slowest(theirs)),
            phase === "idle" ? ratio(rate(own), rate(theirs)) : ratio(requests(own), requests(theirs)),
            ratio(own.cost.database.queries, theirs.cost.database.queries),
            ratio(own.cost.cpuSeconds, theirs.cost.cpuSeconds),
            ratio(own.cost.peakRssBytes, theirs.cost.peakRssBytes),
          ],
        ];
      });
    });
  if (lines.length === 0) return "";
  const head = ["rows", "phase", "seconds", "p95 from poll", "requests", "queries", "CPU", "peak MiB"];
  return `The other operator, in times of ours:\n\n${table([head, ...lines])}`;
}
