import { childKindNames, isTenants } from "../kinds";
import { Milestone } from "../milestone";
import { tenantRows } from "../rows";
import { afterglow, limitMs, type Phase, secondsSince } from "./phase";

/** One INSERT of all rows → all LynqNodes, all children, all Ready. */
export const fill: Phase = async context => {
  const { world, watch, count } = context;
  const exist = new Milestone("LynqNodes", count);
  const ready = new Milestone("Ready LynqNodes", count);
  const children = new Milestone("children", count * childKindNames.length);
  const available = new Milestone("available Deployments", count);
  const stops = [
    watch.onNode((name, fact) => {
      exist.mark(name, fact !== undefined);
      ready.mark(name, fact?.ready === true);
    }),
    ...childKindNames.map(kind =>
      watch.onChild(kind, (name, fact) => {
        if (!isTenants(name)) return;
        children.mark(`${kind}/${name}`, fact !== undefined);
        if (kind === "Deployment") available.mark(name, fact?.deployment?.available === true);
      }),
    ),
  ];
  const reading = await world.meter.begin();
  const committed = await world.table.insert(tenantRows(count));
  const allReady = await ready.reached(limitMs(context));
  const poll = (await world.meter.database.firstReadAfter(committed)) ?? committed;
  await afterglow();
  const cost = await reading.end();
  stops.forEach(stop => {
    stop();
  });
  const since = (moment: number | undefined) => secondsSince(committed, moment);
  return {
    phase: "fill",
    title: `one INSERT of ${count} rows`,
    nodes: count,
    seconds: {
      "first poll": since(poll),
      "all nodes": since(exist.at),
      "all children": since(children.at),
      "all available": since(available.at),
      "all Ready": since(allReady),
    },
    samples: {},
    cost,
    curves: { available: available.times.map(since), Ready: ready.times.map(since) },
  };
};
