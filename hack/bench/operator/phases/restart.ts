import { pause, waitUntil } from "../../../wait";
import { now } from "../clock";
import { formName, syncIntervalMs } from "../form";
import { Milestone } from "../milestone";
import { afterglow, limitMs, type Phase, type PhaseContext, secondsSince, untilQuiet } from "./phase";

/** How many intervals after its first read of the table an operator that has nothing to do is watched. */
const intervalsAfter = 4;

/** The operator ends, and starts again, and nothing has changed. */
export const restart: Phase = async context => {
  const { world } = context;
  const { meter, subject } = world;
  await untilQuiet(context);
  await subject.stop();
  const reading = await meter.begin();
  const started = now();
  await subject.start();
  const firstRead = await readAfter(context, started);
  await pause(intervalsAfter * syncIntervalMs);
  const last = await meter.audit.lastRequestAt(reading.from, await meter.audit.position());
  return {
    phase: "restart",
    title: "the operator starts again, and nothing has changed",
    nodes: undefined,
    seconds: {
      "first read of the table": secondsSince(started, firstRead),
      ...(last === undefined ? {} : { "last request": secondsSince(started, last) }),
    },
    samples: {},
    cost: await reading.end(),
  };
};

/** The operator ends, one row in a hundred changes, and it starts again. */
export const restartChanged: Phase = async context => {
  const { world, watch } = context;
  const { meter, subject, table } = world;
  await untilQuiet(context);
  await subject.stop();
  const rows = table.active.filter((_, index) => index % 100 === 0);
  const plan = "changed-while-down";
  await table.update(
    rows.map(({ id }) => id),
    { plan },
  );
  const ids = new Set(rows.map(({ id }) => id));
  const generations = new Map(rows.map(({ id }) => [id, watch.node(`${id}-${formName}`)?.generation ?? 0]));
  const written = new Milestone("changed ConfigMaps", rows.length);
  const ready = new Milestone("Ready LynqNodes", rows.length);
  const stops = [
    watch.onChild("ConfigMap", (name, fact) => {
      const id = name.replace(/-config$/, "");
      if (ids.has(id)) written.mark(id, fact?.data?.["plan"] === plan);
    }),
    watch.onNode((name, fact) => {
      const id = name.slice(0, -formName.length - 1);
      const before = generations.get(id);
      if (before !== undefined)
        ready.mark(id, fact?.ready === true && isNewer(fact.generation, before, subject.isOurs));
    }),
  ];
  const reading = await meter.begin();
  const started = now();
  await subject.start();
  const allWritten = await written.reached(limitMs(context));
  // A status that tells nothing of the row may have been Ready all the time.
  const allReady = Math.max(allWritten, await ready.reached(limitMs(context)));
  await afterglow();
  for (const stop of stops) stop();
  return {
    phase: "restart-changed",
    title: `the operator starts again, and ${rows.length} of ${table.active.length} rows have changed`,
    nodes: undefined,
    seconds: { "all written": secondsSince(started, allWritten), "all Ready": secondsSince(started, allReady) },
    samples: {},
    cost: await reading.end(),
  };
};

/** Ours keeps a row's values in the node's spec; others may keep them in annotations, which are of no generation. */
const isNewer = (generation: number, before: number, isOurs: boolean): boolean => !isOurs || generation > before;

async function readAfter({ world: { meter, subject } }: PhaseContext, moment: number): Promise<number> {
  let at: number | undefined;
  await waitUntil(
    "the first read of the table",
    async () => {
      subject.assertRunning();
      at = await meter.database.firstReadAfter(moment);
      return at === undefined ? "the operator has not asked the database yet" : undefined;
    },
    { limit: 300_000, interval: 200 },
  );
  return at ?? moment;
}
