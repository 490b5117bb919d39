import { type Manifest } from "./scenario";

const RBAC = "rbac.authorization.k8s.io";
const VERSION = `${RBAC}/v1`;

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface Subject {
  readonly kind: "User" | "Group" | "ServiceAccount";
  readonly name: string;
  /** Of a ServiceAccount. */
  readonly namespace?: string;
}

/** A Role of the namespace that it is applied in, and its binding; applied again with other rules, it takes the old ones away. */
export function role(name: string, subject: Subject, rules: readonly Rule[]): Manifest[] {
  return [
    { apiVersion: VERSION, kind: "Role", metadata: { name }, rules },
    binding("RoleBinding", name, { apiGroup: RBAC, kind: "Role", name }, subject),
  ];
}

/** A ClusterRole and its binding. */
export function clusterRole(name: string, subject: Subject, rules: readonly Rule[]): Manifest[] {
  return [
    { apiVersion: VERSION, kind: "ClusterRole", metadata: { name }, rules },
    binding("ClusterRoleBinding", name, { apiGroup: RBAC, kind: "ClusterRole", name }, subject),
  ];
}

function binding(kind: string, name: string, roleRef: Record<string, string>, { kind: of, ...who }: Subject): Manifest {
  const subject = of === "ServiceAccount" ? { kind: of, ...who } : { kind: of, apiGroup: RBAC, ...who };
  return { apiVersion: VERSION, kind, metadata: { name }, roleRef, subjects: [subject] };
}
