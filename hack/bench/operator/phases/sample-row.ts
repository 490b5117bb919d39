import { formName } from "../form";
import { Milestone } from "../milestone";
import { type TenantRow } from "../rows";
import { limitMs, type PhaseContext } from "./phase";

/** One row that was changed, and when its ConfigMap said so. */
export interface RowSample {
  readonly committed: number;
  readonly seen: number;
}

/** Fractions that are spread evenly however many there are: multiples of the golden ratio. */
export const spread = (index: number): number => (index * 0.618_034) % 1;

/** An active row, another one each time. */
export function rowOf({ world }: PhaseContext, index: number): TenantRow {
  const rows = world.table.active;
  const row = rows[Math.floor(spread(index) * rows.length)];
  if (row === undefined) throw new Error("there is no row to change");
  return row;
}

/** Resolves when the row's ConfigMap says the row's plan. */
export async function untilWritten(context: PhaseContext, { id, plan }: TenantRow): Promise<number> {
  const written = new Milestone(`the ConfigMap of ${id}`, 1);
  const stop = context.watch.onChild("ConfigMap", (name, fact) => {
    if (name === `${id}-config` && fact?.data?.["plan"] === plan) written.mark(name, true);
  });
  try {
    return await written.reached(limitMs(context));
  } finally {
    stop();
  }
}

/** Changes one row's plan, and waits for its ConfigMap. */
export async function changeRow(context: PhaseContext, row: TenantRow, plan: string): Promise<RowSample> {
  const committed = await context.world.table.update([row.id], { plan });
  return { committed, seen: await untilWritten(context, row) };
}

/** Resolves when the row's node is Ready again. */
export async function untilReady(context: PhaseContext, { id }: TenantRow): Promise<void> {
  const node = `${id}-${formName}`;
  const ready = new Milestone(`LynqNode ${node}, Ready`, 1);
  const stop = context.watch.onNode((name, fact) => {
    if (name === node) ready.mark(name, fact?.ready === true);
  });
  try {
    await ready.reached(limitMs(context));
  } finally {
    stop();
  }
}

/** Milliseconds of samples from their commit, and from the first query after it. */
export async function latencies(
  { world }: PhaseContext,
  samples: readonly RowSample[],
): Promise<{ readonly fromCommit: readonly number[]; readonly fromPoll: readonly number[] }> {
  const reads = await world.meter.database.reads();
  return {
    fromCommit: samples.map(({ committed, seen }) => seen - committed),
    fromPoll: samples.flatMap(({ committed, seen }) => {
      const poll = reads.find(at => at >= committed);
      return poll === undefined ? [] : [Math.max(0, seen - poll)];
    }),
  };
}
