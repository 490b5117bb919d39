import { pause } from "../../../wait";
import { distribution } from "../../distribution";
import { syncIntervalMs } from "../form";
import { type PhaseName } from "./names";
import { type Phase, type PhaseContext, type PhaseResult, untilQuiet } from "./phase";
import { changeRow, latencies, type RowSample, rowOf, spread, untilReady } from "./sample-row";

/** One changed row among all, again and again: from the commit, and from the poll that could see it, until its object says so. */
export const oneRow: Phase = context => sampleRows(context, "one-row");

export async function sampleRows(context: PhaseContext, phase: PhaseName): Promise<PhaseResult> {
  const { world, arguments: given } = context;
  await untilQuiet(context);
  const reading = await world.meter.begin();
  const samples: RowSample[] = [];
  for (let index = 0; index < given.samples; index++) {
    const row = rowOf(context, index);
    samples.push(await changeRow(context, row, `${phase}-${index}`));
    await untilReady(context, row);
    // Not in step with the polls.
    await pause(spread(index) * syncIntervalMs);
  }
  const { fromCommit, fromPoll } = await latencies(context, samples);
  return {
    phase,
    title: `one changed row among ${world.table.active.length}`,
    nodes: given.samples,
    seconds: {},
    samples: { "from commit": distribution(fromCommit), "from poll": distribution(fromPoll) },
    cost: await reading.end(),
  };
}
