import { type GroupVersionKind } from "../blueprint/object";

/** Kinds of Kubernetes itself whose objects have no status: they are ready once they exist. */
const WITHOUT_STATUS: Readonly<Record<string, readonly string[]>> = {
  "": ["ConfigMap", "LimitRange", "Secret", "ServiceAccount"],
  "networking.k8s.io": ["IngressClass", "NetworkPolicy"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
  "scheduling.k8s.io": ["PriorityClass"],
  "storage.k8s.io": ["StorageClass"],
};

/**
 * Whether an object's metadata says all that {@link assessReadiness} needs, as long as the form has no word of its own on it. Who owns its fields
 * is metadata, too, so the content of a Secret need not be read to notice that somebody has changed it.
 */
export function needsOnlyMetadata({ group, kind }: Pick<GroupVersionKind, "group" | "kind">): boolean {
  return Object.hasOwn(WITHOUT_STATUS, group) && WITHOUT_STATUS[group]?.includes(kind) === true;
}
