import { pause } from "../../../wait";
import { distribution } from "../../distribution";
import { formName, syncIntervalMs } from "../form";
import { Milestone } from "../milestone";
import { limitMs, type Phase, type PhaseContext, untilQuiet } from "./phase";

/** One changed row among all, again and again: from the commit, and from the poll that could see it, until its object says so. */
export const oneRow: Phase = async context => {
  const { world, arguments: given, count } = context;
  await untilQuiet(context);
  const reading = await world.meter.begin();
  const fromCommit: number[] = [];
  const fromPoll: number[] = [];
  for (let sample = 0; sample < given.samples; sample++) {
    const { committed, seen } = await change(context, sample);
    const poll = await world.meter.database.firstReadAfter(committed);
    fromCommit.push(seen - committed);
    if (poll !== undefined) fromPoll.push(Math.max(0, seen - poll));
    // Not in step with the polls: the golden ratio's multiples are spread evenly.
    await pause(((sample * 0.618) % 1) * syncIntervalMs);
  }
  const cost = await reading.end();
  return {
    phase: "one-row",
    title: `one changed row among ${count}`,
    nodes: given.samples,
    seconds: {},
    samples: { "from commit": distribution(fromCommit), "from poll": distribution(fromPoll) },
    cost,
  };
};

/** Changes one row's plan, and waits for its ConfigMap, and then for its node to be Ready again. */
async function change(context: PhaseContext, sample: number): Promise<{ committed: number; seen: number }> {
  const { world, watch } = context;
  const rows = world.table.active;
  const row = rows[Math.floor(((sample * 0.618) % 1) * rows.length)];
  if (row === undefined) throw new Error("there is no row to change");
  const plan = `plan-${sample}`;
  const written = new Milestone(`the ConfigMap of ${row.id}`, 1);
  const stop = watch.onChild("ConfigMap", (name, fact) => {
    if (name === `${row.id}-config` && fact?.data?.["plan"] === plan) written.mark(name, true);
  });
  const committed = await world.table.update([row.id], { plan });
  const seen = await written.reached(limitMs(context));
  stop();
  const ready = new Milestone(`LynqNode ${row.id}-${formName}, Ready`, 1);
  const stopReady = watch.onNode((name, fact) => {
    if (name === `${row.id}-${formName}`) ready.mark(name, fact?.ready === true);
  });
  await ready.reached(limitMs(context));
  stopReady();
  return { committed, seen };
}
