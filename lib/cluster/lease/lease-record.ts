/** A coordination.k8s.io/v1 Lease, as leader election reads and writes it. */

import { isPlainObject, type KubernetesObject } from "../../blueprint/object";
import { type ApiResource } from "../resource";

export const LEASES: ApiResource = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
  verbs: ["get", "list", "watch", "create", "update", "delete"],
};

export interface LeaseRecord {
  /** Empty when nobody holds it. */
  readonly holder: string;
  readonly leaseSeconds: number;
  readonly acquireTime: string | undefined;
  /** For people; nothing is decided by it, since clocks differ. */
  readonly renewTime: string | undefined;
  readonly transitions: number;
  readonly resourceVersion: string;
}

export function readLease(lease: KubernetesObject): LeaseRecord {
  const spec = isPlainObject(lease["spec"]) ? lease["spec"] : {};
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = spec;
  return {
    holder: typeof holderIdentity === "string" ? holderIdentity : "",
    leaseSeconds: typeof leaseDurationSeconds === "number" ? leaseDurationSeconds : 0,
    acquireTime: typeof acquireTime === "string" ? acquireTime : undefined,
    renewTime: typeof renewTime === "string" ? renewTime : undefined,
    transitions: typeof leaseTransitions === "number" ? leaseTransitions : 0,
    resourceVersion: lease.metadata.resourceVersion ?? "",
  };
}

export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The Lease that takes the place of the one that was read; refused when somebody was faster. */
export function writeLease({ namespace, name, labels }: LeaseName, record: LeaseRecord): KubernetesObject {
  const { holder, leaseSeconds, acquireTime, renewTime, transitions, resourceVersion } = record;
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { namespace, name, labels, ...(resourceVersion === "" ? {} : { resourceVersion }) },
    spec: {
      ...(holder === "" ? {} : { holderIdentity: holder }),
      leaseDurationSeconds: leaseSeconds,
      ...(acquireTime === undefined ? {} : { acquireTime }),
      ...(renewTime === undefined ? {} : { renewTime }),
      leaseTransitions: transitions,
    },
  };
}

/** metav1.MicroTime. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "000Z");
}
