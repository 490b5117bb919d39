import { LABEL_SHARDS } from "../../metadata";
import { type LeaseName } from "./lease-record";

/** One of so many processes that share the work; `{ index: 0, count: 1 }` does all of it. */
export interface ShardSlot {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** The Lease of a slot. It bears the number of slots in its name and its label: those of another number are told apart by it. */
export function leaseOf({ index, count }: ShardSlot, namespace: string): LeaseName {
  return {
    namespace,
    name: count === 1 ? "lynq-leader" : `lynq-leader-${index}-of-${count}`,
    labels: { [LABEL_SHARDS]: String(count) },
  };
}
