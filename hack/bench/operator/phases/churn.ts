import { now } from "../clock";
import { distribution } from "../../distribution";
import { syncIntervalMs } from "../form";
import { pause } from "../../../wait";
import { afterglow, type Phase, type PhaseContext } from "./phase";
import { latencies, type RowSample, spread, untilWritten } from "./sample-row";

/** One row in a hundred changes every interval. */
export const churn: Phase = async context => {
  const { world, arguments: given } = context;
  const { table } = world;
  const share = Math.max(1, Math.round(table.active.length / 100));
  const reading = await world.meter.begin();
  const end = now() + given.churnSeconds * 1_000;
  const pending: Promise<RowSample>[] = [];
  for (let round = 0; now() < end; round++) {
    const next = now() + syncIntervalMs;
    pending.push(...(await changeRound(context, round, share)));
    await pause(Math.max(0, next - now()));
  }
  const samples = await Promise.all(pending);
  const { fromCommit, fromPoll } = await latencies(context, samples);
  await afterglow();
  return {
    phase: "churn",
    title: `${share} of ${table.active.length} rows change every ${syncIntervalMs / 1_000} s for ${given.churnSeconds} s`,
    nodes: samples.length,
    seconds: {},
    samples: { "from commit": distribution(fromCommit), "from poll": distribution(fromPoll) },
    cost: await reading.end(),
  };
};

/** Changes rows that no other round still waits for: each round takes the next ones. */
async function changeRound(context: PhaseContext, round: number, share: number): Promise<Promise<RowSample>[]> {
  const { table } = context.world;
  const rows = table.active;
  const first = Math.floor(spread(round) * rows.length);
  const chosen = Array.from({ length: share }, (_, index) => rows[(first + index) % rows.length]).filter(
    row => row !== undefined,
  );
  const plan = `churn-${round}`;
  const committed = await table.update(
    chosen.map(({ id }) => id),
    { plan },
  );
  return chosen.map(async row => ({ committed, seen: await untilWritten(context, { ...row, plan }) }));
}
