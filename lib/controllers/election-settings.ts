import { type ShardSlot } from "../plan/shard";
import { invalid, SettingsError, type Variables } from "./settings-error";

/** How processes of one cluster agree who works (docs/scaling.md). */
export interface ElectionSettings {
  /** Off: this process works, whoever else does. */
  readonly enabled: boolean;
  /** Of the Leases. */
  readonly namespace: string;
  readonly leaseSeconds: number;
  readonly shard: ShardSlot;
}

const LEASE_SECONDS = { default: 15, min: 3, max: 600 };
const MOST_SHARDS = 100;
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** @throws SettingsError naming the variable and its value */
export function electionSettings(
  env: Variables,
  { inPod, namespace }: { readonly inPod: boolean; readonly namespace: string },
): ElectionSettings {
  const shard = shardSlot(env["LYNQ_SHARD"]);
  return {
    enabled: isEnabled(env["LYNQ_LEADER_ELECTION"], inPod || env["LYNQ_SHARD"] !== undefined, shard),
    namespace: leaseNamespace(env["LYNQ_LEASE_NAMESPACE"]) ?? namespace,
    leaseSeconds: leaseSeconds(env["LYNQ_LEASE_SECONDS"]),
    shard,
  };
}

function isEnabled(value: string | undefined, usually: boolean, { count }: ShardSlot): boolean {
  if (value !== undefined && value !== "on" && value !== "off")
    throw invalid("LYNQ_LEADER_ELECTION", value, "on or off");
  if (value === "off" && count > 1) {
    throw new SettingsError(
      "LYNQ_LEADER_ELECTION is off and LYNQ_SHARD is set; shards keep out of each other's way by their Leases, so leave one of them out",
    );
  }
  return value === undefined ? usually : value === "on";
}

function shardSlot(value: string | undefined): ShardSlot {
  if (value === undefined) return { index: 0, count: 1 };
  const [, index, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(value) ?? [];
  const slot = { index: Number(index), count: Number(count) };
  if (!(slot.count >= 1 && slot.count <= MOST_SHARDS && slot.index < slot.count)) {
    const hint =
      slot.count >= 1 && slot.index === slot.count
        ? ` (the last of ${slot.count} is ${slot.count - 1}/${slot.count})`
        : "";
    throw invalid(
      "LYNQ_SHARD",
      value,
      `INDEX/COUNT with at most ${MOST_SHARDS} shards, counted from 0, such as 0/3, 1/3 and 2/3${hint}`,
    );
  }
  return slot;
}

function leaseSeconds(value: string | undefined): number {
  if (value === undefined) return LEASE_SECONDS.default;
  const seconds = /^\d{1,4}$/.test(value) ? Number(value) : NaN;
  const { min, max } = LEASE_SECONDS;
  if (seconds >= min && seconds <= max) return seconds;
  throw invalid("LYNQ_LEASE_SECONDS", value, `a whole number of seconds from ${min} to ${max}`);
}

function leaseNamespace(value: string | undefined): string | undefined {
  if (value !== undefined && !NAMESPACE.test(value)) throw invalid("LYNQ_LEASE_NAMESPACE", value, "a namespace's name");
  return value;
}
