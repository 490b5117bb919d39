import { type KubernetesObject } from "../../blueprint/object";
import { LABEL_SHARDS } from "../../metadata";
import { type ApiClient } from "../client";
import { ApiError } from "../errors";
import { freeIn, observe, type Observation } from "./election";
import { type LeaseRecord, LEASES, readLease } from "./lease-record";

interface Seen {
  readonly lease: KubernetesObject;
  readonly record: LeaseRecord;
  readonly observation: Observation;
}

/**
 * Leases of processes that divide the work by another number than we do. As long as one of them lives, two processes could take one node for theirs.
 */
export class OtherLayouts {
  private seen = new Map<string, Seen>();

  constructor(
    private readonly client: Pick<ApiClient, "list" | "delete">,
    private readonly namespace: string,
    private readonly count: number,
  ) {}

  /**
   * Asks the API server, past every cache.
   *
   * @param now monotonic clock, read again after the answer
   * @returns a sentence on one that lives, and when it may be dead at the earliest; undefined when none does
   */
  async alive(now: () => number): Promise<{ readonly who: string; readonly deadIn: number } | undefined> {
    const labelSelector = `${LABEL_SHARDS},${LABEL_SHARDS}!=${this.count}`;
    const { items } = await this.client.list(LEASES, { namespace: this.namespace, labelSelector });
    const before = this.seen;
    this.seen = new Map(
      items.map(lease => {
        const record = readLease(lease);
        const uid = lease.metadata.uid ?? "";
        return [uid, { lease, record, observation: observe(before.get(uid)?.observation, record, now()) }];
      }),
    );
    for (const { lease, record, observation } of this.seen.values()) {
      const deadIn = freeIn(observation, now());
      if (deadIn === 0) continue;
      const count = lease.metadata.labels?.[LABEL_SHARDS] ?? "";
      const who = `Lease ${this.namespace}/${lease.metadata.name ?? ""} of ${count} is held by ${record.holder}`;
      return { who, deadIn };
    }
    return undefined;
  }

  /** Removes what {@link alive} has found dead, exactly as it was seen: nobody needs to wait for it again. */
  async bury(): Promise<void> {
    for (const { lease } of this.seen.values()) {
      const { namespace, name = "", uid = "", resourceVersion = "" } = lease.metadata;
      try {
        await this.client.delete(LEASES, { namespace, name }, { preconditions: { uid, resourceVersion } });
      } catch (error) {
        if (!(error instanceof ApiError && (error.isNotFound() || error.isConflict()))) throw error;
      }
    }
    this.seen.clear();
  }
}
