import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { type LeafChange } from "./object-diff";

/**
 * What would happen to one object:
 *
 * - `create`, `change`, `unchanged`, `delete`: as they say; `retain`: it leaves the node, and stays in the cluster, marked as orphaned
 * - `recreate`: what is wanted cannot be had from the object that is there, because its name changes (the old one goes once the new one is ready), or a
 *   field of it is immutable (nothing happens until somebody deletes it)
 * - `conflict`: something else owns it or a field of it; `fail`: it does not render, or the API server refuses it
 * - `wait`: an object of that name is being deleted
 */
export type ObjectAction =
  | "create"
  | "change"
  | "recreate"
  | "delete"
  | "retain"
  | "conflict"
  | "fail"
  | "wait"
  | "unchanged";

export interface ObjectPlan {
  readonly action: ObjectAction;
  /** Of the resource in the form; absent for an object that no resource asks for any more. */
  readonly id?: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  /** Absent when it could not be rendered. */
  readonly name?: string;
  /** The leaves that change. */
  readonly changes?: readonly LeafChange[];
  /** Why, or what is to be known of it, for people. */
  readonly message?: string;
  /** The object whose place a new one takes: `Deployment acme/old`. */
  readonly replaces?: string;
  /** Pods that are replaced, because their template changes. */
  readonly podsRestarted?: number;
}

/** What would happen to one row's node and its objects. */
export interface NodePlan {
  readonly action: "create" | "update" | "delete" | "unchanged";
  readonly row: string;
  readonly form: string;
  readonly namespace: string;
  readonly node: string;
  readonly objects: readonly ObjectPlan[];
  /** The deletion guard would hold the deletion back. */
  readonly heldByGuard?: true;
}

/** `Deployment acme/web`. */
export function objectTitle({ kind, namespace, name, id = "" }: ObjectPlan): string {
  if (name === undefined) return `${kind} of resource "${id}"`;
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Whether anything would be done, or would have to be. */
export function isChange({ action }: ObjectPlan): boolean {
  return action !== "unchanged" && action !== "wait";
}

/** Whether somebody has to do something before it can be as the form says. */
export function needsHelp({ action, replaces }: ObjectPlan): boolean {
  return action === "conflict" || action === "fail" || (action === "recreate" && replaces === undefined);
}

const POD_TEMPLATE = ".spec.template.";

/** How many pods of a workload are replaced when these leaves change. */
export function restartedPods(before: KubernetesObject, changes: readonly LeafChange[]): number {
  if (!changes.some(({ path }) => path.startsWith(POD_TEMPLATE))) return 0;
  const [spec, status] = [before["spec"], before["status"]].map(part => (isPlainObject(part) ? part : {}));
  const strategy = spec?.["updateStrategy"];
  // Pods stay until somebody deletes them.
  if (isPlainObject(strategy) && strategy["type"] === "OnDelete") return 0;
  const count = (value: unknown): number => (typeof value === "number" ? value : 0);
  switch (before.kind) {
    case "Deployment":
    case "StatefulSet":
      return count(status?.["replicas"]);
    case "DaemonSet":
      return count(status?.["currentNumberScheduled"]);
    default:
      return 0;
  }
}
