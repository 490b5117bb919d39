import { formatApiVersion, type GroupVersionKind, parseGroupVersionKind } from "../blueprint/object";
import { type InventoryItem } from "../../crds";

/** Identifies an object whatever version of its API is used: `group/kind/namespace/name`. */
export function objectKey(
  gvk: Pick<GroupVersionKind, "group" | "kind">,
  namespace: string | undefined,
  name: string,
): string {
  return `${gvk.group}/${gvk.kind}/${namespace ?? ""}/${name}`;
}

/** One object that this node wrote, and still answers for. */
export type InventoryEntry = InventoryItem;

export function entryKey(entry: Pick<InventoryEntry, "apiVersion" | "kind" | "namespace" | "name">): string {
  return objectKey(parseGroupVersionKind(entry.apiVersion, entry.kind), entry.namespace, entry.name);
}

/** `Deployment/acme-corp/acme-corp-app@app`, as `status.appliedResources` shows it; cluster-scoped objects have an empty namespace. */
export function appliedResourceName(entry: Pick<InventoryEntry, "kind" | "namespace" | "name" | "id">): string {
  return `${entry.kind}/${entry.namespace ?? ""}/${entry.name}@${entry.id}`;
}

export function entryGvk(entry: Pick<InventoryEntry, "apiVersion" | "kind">): GroupVersionKind {
  return parseGroupVersionKind(entry.apiVersion, entry.kind);
}

export function gvkKey(gvk: GroupVersionKind): string {
  return `${formatApiVersion(gvk)}/${gvk.kind}`;
}
