import { type KubernetesObject } from "../../blueprint/object";
import { ApiError } from "../errors";
import { type ElectorOptions } from "../lease/elector";
import { readLease } from "../lease/lease-record";
import { ManualClock } from "./manual-clock";

/** Both clocks of a process in one that a spec drives. */
export class ManualLeaseClock extends ManualClock {
  monotonic(): number {
    return this.now();
  }
}

const refusal = (status: number, reason: string): ApiError =>
  new ApiError({ method: "PUT", path: "/leases", status, reason, serverMessage: reason, causes: [] });

/** Leases as an API server keeps them, each change under a revision of its own. Its watches never say a word: what is decided must not hang on them. */
export class LeaseServer {
  readonly leases = new Map<string, KubernetesObject>();
  /** Every change, in order: `name=holder`. */
  readonly changes: string[] = [];
  /** Of clients whose requests get lost. */
  readonly cutOff = new Set<string>();
  private revision = 0;

  client(who: string): ElectorOptions["client"] {
    const reach = async (): Promise<void> => {
      await Promise.resolve();
      if (this.cutOff.has(who)) throw new TypeError(`${who} reaches nothing`);
    };
    return {
      get: async (_resource, { name }) => {
        await reach();
        const lease = this.leases.get(name);
        if (lease === undefined) throw refusal(404, "NotFound");
        return lease;
      },
      list: async (_resource, { labelSelector = "" } = {}) => {
        await reach();
        const count = labelSelector.split("!=")[1];
        const items = [...this.leases.values()].filter(
          ({ metadata }) => Object.values(metadata.labels ?? {})[0] !== count,
        );
        return { items, resourceVersion: String(this.revision) };
      },
      create: async (_resource, lease) => {
        await reach();
        if (this.leases.has(lease.metadata.name ?? "")) throw refusal(409, "AlreadyExists");
        return this.store(lease);
      },
      replace: async (_resource, lease) => {
        await reach();
        const known = this.leases.get(lease.metadata.name ?? "");
        if (known === undefined) throw refusal(404, "NotFound");
        if (known.metadata.resourceVersion !== lease.metadata.resourceVersion) throw refusal(409, "Conflict");
        return this.store(lease);
      },
      delete: async (_resource, { name }, { preconditions } = {}) => {
        await reach();
        const known = this.leases.get(name);
        if (known?.metadata.resourceVersion !== preconditions?.resourceVersion) throw refusal(409, "Conflict");
        this.leases.delete(name);
      },
      pages: async function* (_resource, { signal } = {}) {
        await new Promise(resolve => signal?.addEventListener("abort", resolve));
        yield* [];
      },
      watch: () => Promise.reject(new TypeError("nothing is watched")),
    };
  }

  private store(lease: KubernetesObject): KubernetesObject {
    const name = lease.metadata.name ?? "";
    const stored = { ...lease, metadata: { ...lease.metadata, uid: name, resourceVersion: String(++this.revision) } };
    this.leases.set(name, stored);
    this.changes.push(`${name}=${readLease(lease).holder}`);
    return stored;
  }
}
