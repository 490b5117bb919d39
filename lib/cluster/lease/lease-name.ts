import { LABEL_SHARDS } from "../../metadata";
import { type ShardSlot } from "../../plan/shard";
import { type LeaseName } from "./lease-record";

/** The Lease of a slot. It bears the number of slots in its name and its label: those of another number are told apart by it. */
export function leaseOf({ index, count }: ShardSlot, namespace: string): LeaseName {
  return {
    namespace,
    name: count === 1 ? "lynq-leader" : `lynq-leader-${index}-of-${count}`,
    labels: { [LABEL_SHARDS]: String(count) },
  };
}
