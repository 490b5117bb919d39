import { FORMS } from "../../../../lib/controllers/kinds";
import { now } from "../clock";
import { distribution } from "../../distribution";
import { formName, formSpec, images } from "../form";
import { childIds } from "../kinds";
import { Milestone } from "../milestone";
import { type TenantRow } from "../rows";
import { namespace } from "../world";
import { afterglow, limitMs, type Phase, type PhaseContext, secondsSince, untilQuiet } from "./phase";
import { changeRow, latencies, type RowSample, rowOf, untilWritten } from "./sample-row";

/**
 * A new image in the form: until all Deployments have it, are available, and all nodes say so. Meanwhile single rows change and come, one after
 * the other: they must not wait for the rest.
 */
export const formChange: Phase = async context => {
  const { world } = context;
  await untilQuiet(context);
  const progress = followChange(context, images.second);
  const reading = await world.meter.begin();
  const spec = formSpec(images.second);
  await world.admin.mergePatch(FORMS, { namespace, name: formName }, { spec: { deployments: spec.deployments } });
  const started = now();
  context.image = images.second;
  const single = new AbortController();
  const samples = sampleMeanwhile(context, single.signal);
  const ready = await progress.ready.reached(limitMs(context));
  single.abort();
  const meanwhile = await samples;
  const { fromCommit, fromPoll } = await latencies(context, meanwhile);
  await afterglow();
  const cost = await reading.end();
  progress.stop();
  return {
    phase: "form-change",
    title: `a new image for ${progress.ready.total} rows, and single rows that change or come meanwhile`,
    nodes: progress.ready.total,
    seconds: {
      "all changed": secondsSince(started, progress.changed.at),
      "all available": secondsSince(started, progress.available.at),
      "all Ready": secondsSince(started, ready),
    },
    samples: { "single rows, from commit": distribution(fromCommit), "single rows, from poll": distribution(fromPoll) },
    cost,
  };
};

/** How far the nodes that there are now have come with an image. */
function followChange({ watch, world }: PhaseContext, image: string) {
  const rows = world.table.active.map(({ id }) => id);
  const generations = new Map(rows.map(id => [id, watch.node(`${id}-${formName}`)?.generation ?? 0]));
  const changed = new Milestone("changed Deployments", rows.length);
  const available = new Milestone("available Deployments", rows.length);
  const ready = new Milestone("Ready LynqNodes", rows.length);
  const look = (id: string) => {
    const before = generations.get(id);
    if (before === undefined) return;
    const deployment = watch.child("Deployment", `${id}-${childIds.Deployment}`)?.deployment;
    const node = watch.node(`${id}-${formName}`);
    const isChanged = deployment?.image === image;
    changed.mark(id, isChanged);
    available.mark(id, isChanged && deployment.available);
    // A status of before the change says nothing about it.
    ready.mark(id, isChanged && deployment.available && node?.ready === true && node.generation > before);
  };
  const listener = (name: string) => {
    look(name.slice(0, -formName.length - 1));
  };
  const stops = [watch.onChild("Deployment", listener), watch.onNode(listener)];
  return {
    changed,
    available,
    ready,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

/** By turns, a row that changes and a row that comes. */
async function sampleMeanwhile(context: PhaseContext, signal: AbortSignal): Promise<RowSample[]> {
  const samples: RowSample[] = [];
  for (let index = 0; !signal.aborted; index++) {
    if (index % 2 === 0) samples.push(await changeRow(context, rowOf(context, index), `meanwhile-${index}`));
    else {
      const row: TenantRow = { ...rowOf(context, 0), id: `t8${String(index).padStart(4, "0")}`, plan: `new-${index}` };
      const committed = await context.world.table.insert([row]);
      samples.push({ committed, seen: await untilWritten(context, row) });
    }
  }
  return samples;
}
