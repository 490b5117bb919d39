import { HUBS } from "../../../../lib/controllers/kinds";
import { hubName } from "../form";
import { goneObjects } from "../gone";
import { namespace } from "../world";
import { type PhaseName } from "./names";
import { afterglow, limitMs, type Phase, type PhaseContext, type PhaseResult, secondsSince, untilQuiet } from "./phase";

/** One row in a hundred is turned off. */
export const deactivateSome: Phase = context => {
  const rows = context.world.table.active.filter((_, index) => index % 100 === 0);
  return deactivate(
    context,
    "deactivate-some",
    rows.map(({ id }) => id),
  );
};

/** All rows are turned off. Our guard would hold that until a human says yes, so it is off for it. */
export const deactivateAll: Phase = async context => {
  const { admin, subject, table } = context.world;
  if (subject.isOurs)
    await admin.mergePatch(HUBS, { namespace, name: hubName }, { spec: { deletionGuard: { disabled: true } } });
  return await deactivate(
    context,
    "deactivate-all",
    table.active.map(({ id }) => id),
  );
};

async function deactivate(context: PhaseContext, phase: PhaseName, ids: readonly string[]): Promise<PhaseResult> {
  const { world, watch } = context;
  const before = world.table.active.length;
  await untilQuiet(context);
  const nodes = new Set(ids);
  const gone = goneObjects(watch, ids.length, name => nodes.has(name.slice(0, name.lastIndexOf("-"))));
  const reading = await world.meter.begin();
  const committed = await world.table.update(ids, { active: false });
  const allGone = await gone.reached(limitMs(context));
  const poll = (await world.meter.database.firstReadAfter(committed)) ?? committed;
  await afterglow();
  return {
    phase,
    title: `${ids.length} of ${before} rows are turned off`,
    nodes: ids.length,
    seconds: { "first poll": secondsSince(committed, poll), "all gone": secondsSince(committed, allGone) },
    samples: {},
    cost: await reading.end(),
  };
}
