import { isPlainObject, type KubernetesObject } from "../../../../lib/blueprint/object";
import { distribution, type Distribution } from "../../distribution";
import { GADGETS, gadgetSize, withGadgets } from "../gadgets";
import { childIds, childKinds } from "../kinds";
import { namespace } from "../world";
import { hurt, type Injury } from "./injury";
import { afterglow, type Phase, type PhaseContext, untilQuiet } from "./phase";
import { rowOf } from "./sample-row";

/** After so many in a row that were not healed, no more of the kind are tried. */
const patience = 3;

/** Children deleted, and managed fields edited, one object at a time, of a custom kind, too. */
export const heal: Phase = context =>
  withGadgets(context.world, async gadgets => {
    await untilQuiet(context);
    const reading = await context.world.meter.begin();
    const samples: Record<string, Distribution> = {};
    const succeeded: Record<string, readonly [number, number]> = {};
    let tried = 0;
    for (const injury of injuries(context, gadgets)) {
      const times: (number | undefined)[] = [];
      while (times.length < context.arguments.samples && !isHopeless(times))
        times.push(await sample(context, injury, times.length));
      const healed = times.filter(time => time !== undefined);
      samples[injury.name] = distribution(healed);
      succeeded[injury.name] = [healed.length, times.length];
      tried += times.length;
    }
    await afterglow();
    return {
      phase: "heal",
      title: `one object at a time is hurt, among ${context.world.table.active.length} rows and ${gadgets.length} of a custom kind`,
      nodes: tried,
      seconds: {},
      samples,
      succeeded,
      cost: await reading.end(),
    };
  });

const isHopeless = (times: readonly (number | undefined)[]): boolean =>
  times.length >= patience && times.slice(-patience).every(time => time === undefined);

function sample({ world, arguments: given }: PhaseContext, injury: Injury, index: number): Promise<number | undefined> {
  return hurt(world.admin, injury, { namespace, name: injury.target(index) }, given.healSeconds * 1_000);
}

/** Each kind begins with other rows, so that no object is hurt over and over. */
function injuries(context: PhaseContext, gadgets: readonly string[]): Injury[] {
  const { samples } = context.arguments;
  const child = (kind: keyof typeof childIds, turn: number) => (index: number) =>
    `${rowOf(context, turn * samples + index).id}-${childIds[kind]}`;
  const gadget = (index: number) => gadgets[index % gadgets.length] ?? "";
  return [
    {
      name: "ConfigMap deleted",
      resource: childKinds.ConfigMap,
      target: child("ConfigMap", 0),
      patch: undefined,
      isHurt: () => false,
    },
    {
      name: "replicas of a Deployment edited",
      resource: childKinds.Deployment,
      target: child("Deployment", 1),
      patch: { spec: { replicas: 3 } },
      isHurt: object => field(object, "spec", "replicas") === 3,
    },
    {
      name: "data of a ConfigMap edited",
      resource: childKinds.ConfigMap,
      target: child("ConfigMap", 2),
      patch: { data: { url: "edited" } },
      isHurt: object => field(object, "data", "url") === "edited",
    },
    { name: "custom kind deleted", resource: GADGETS, target: gadget, patch: undefined, isHurt: () => false },
    {
      name: "custom kind edited",
      resource: GADGETS,
      target: gadget,
      patch: { spec: { size: gadgetSize + 1 } },
      isHurt: object => field(object, "spec", "size") !== gadgetSize,
    },
  ];
}

function field(object: KubernetesObject, part: string, name: string): unknown {
  const value = object[part];
  return isPlainObject(value) ? value[name] : undefined;
}
