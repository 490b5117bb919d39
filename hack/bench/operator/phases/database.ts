import { now } from "../clock";
import { distribution } from "../../distribution";
import { syncIntervalMs } from "../form";
import { pause } from "../../../wait";
import { type Phase, secondsSince, untilQuiet } from "./phase";
import { changeRow, latencies, type RowSample, rowOf, spread, untilReady, untilWritten } from "./sample-row";
import { HubWatch } from "../observers/hub-watch";

/** Every query takes a second: the table is a view that sleeps. Single rows change meanwhile. */
export const slowDatabase: Phase = async context => {
  const { world, arguments: given } = context;
  await untilQuiet(context);
  const lost = deletions(context);
  const samples: RowSample[] = [];
  await world.table.slowDown(1);
  try {
    const reading = await world.meter.begin();
    for (let index = 0; index < Math.max(3, Math.ceil(given.samples / 4)); index++) {
      const row = rowOf(context, index);
      samples.push(await changeRow(context, row, `slow-${index}`));
      await untilReady(context, row);
      await pause(spread(index) * syncIntervalMs);
    }
    const { fromCommit, fromPoll } = await latencies(context, samples);
    const cost = await reading.end();
    return {
      phase: "slow-database",
      title: `every query takes a second, and single rows of ${world.table.active.length} change`,
      nodes: samples.length,
      seconds: {},
      samples: { "from commit": distribution(fromCommit), "from poll": distribution(fromPoll) },
      cost,
      notes: {
        "queries an interval": (cost.database.queries * syncIntervalMs) / (cost.seconds * 1_000),
        "nodes lost": lost(),
      },
    };
  } finally {
    await world.table.speedUp();
  }
};

/** The database is gone for a while, and comes back with one row changed. */
export const lostDatabase: Phase = async context => {
  const { world, arguments: given } = context;
  await untilQuiet(context);
  const lost = deletions(context);
  const hub = new HubWatch(world.admin, world.hub.namespace);
  await hub.start();
  try {
    const reading = await world.meter.begin();
    const away = now();
    await world.database.stop();
    const noticed = await hub.until(false, given.outageSeconds * 1_000);
    await pause(Math.max(0, away + given.outageSeconds * 1_000 - now()));
    await world.database.start();
    await world.meter.database.switchOn();
    const back = now();
    const row = rowOf(context, 0);
    await world.table.update([row.id], { plan: "after-the-outage" });
    const ready = await hub.until(true, given.limitMinutes * 60_000);
    const seen = await untilWritten(context, row);
    return {
      phase: "lost-database",
      title: `the database is gone for ${given.outageSeconds} s`,
      nodes: undefined,
      seconds: {
        ...(noticed === undefined ? {} : { "loss told by the hub": secondsSince(away, noticed) }),
        ...(ready === undefined ? {} : { "return told by the hub": secondsSince(back, ready) }),
        "row of the return written": secondsSince(back, seen),
      },
      samples: {},
      cost: await reading.end(),
      notes: { "nodes lost": lost() },
    };
  } finally {
    await hub.stop();
    // Where something failed meanwhile, the next phase has a database all the same.
    if (world.database.pid === undefined) await world.database.start();
  }
};

/** Counts LynqNodes that go: none may. */
function deletions({ watch }: Parameters<Phase>[0]): () => number {
  let count = 0;
  const stop = watch.onNode((_, fact) => {
    if (fact === undefined) count++;
  });
  return () => {
    stop();
    return count;
  };
}
