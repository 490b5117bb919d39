import { Milestone } from "../milestone";
import { tenantRows } from "../rows";
import { sampleRows } from "./one-row";
import { limitMs, type Phase } from "./phase";

const few = 10;

/** One changed row among ten, once all others are gone: what one changed row among thousands is compared with. */
export const oneOfTen: Phase = async context => {
  const { world, watch } = context;
  const { table } = world;
  if (table.active.length > 0)
    throw new Error("one-of-ten comes after deactivate-all: the rows of the fill must be gone");
  const ready = new Milestone("Ready LynqNodes", few);
  const stop = watch.onNode((name, fact) => {
    ready.mark(name, fact?.ready === true);
  });
  await table.insert(tenantRows(few, "t9"));
  await ready.reached(limitMs(context));
  stop();
  return await sampleRows(context, "one-of-ten");
};
