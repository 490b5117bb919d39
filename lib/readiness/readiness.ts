import { type KubernetesObject } from "../blueprint/object";

/** kstatus' Current, InProgress, Failed and Terminating. */
export type ReadinessState = "Ready" | "InProgress" | "Failed" | "Terminating";

export interface Readiness {
  readonly state: ReadinessState;
  /** For people, without the object's name: `2 of 5 replicas are available`. May quote the object's own status. */
  readonly message: string;
}

/** What an object does not say of itself. */
export interface ReadinessFacts {
  /** The claim's storage class binds volumes only when a pod uses the claim, so a pending claim holds nobody up. */
  readonly waitForFirstConsumer?: boolean;
}

/** The rule for the objects of one kind, for an object that is not being deleted and whose status is up to date. */
export type ReadinessRule = (object: KubernetesObject, facts: ReadinessFacts) => Readiness;

/** Rules by kind, for one API group. */
export type ReadinessRules = Readonly<Record<string, ReadinessRule>>;

export function ready(message: string): Readiness {
  return { state: "Ready", message };
}

export function inProgress(message: string): Readiness {
  return { state: "InProgress", message };
}

export function failed(message: string): Readiness {
  return { state: "Failed", message };
}

export function terminating(message: string): Readiness {
  return { state: "Terminating", message };
}
