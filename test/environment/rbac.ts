import { AccessReviews } from "../../lib/cluster";
import { eventually } from "./eventually";
import { type Manifest, type Scenario } from "./scenario";

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

/** Waits until the API server's authorizer, which learns of roles by a watch, lets a user do exactly so much with a resource of the scenario's namespace. */
export async function inForce(
  { client, namespace }: Scenario,
  username: string,
  { group = "", resource }: { readonly group?: string; readonly resource: string },
  verbs: Readonly<Record<string, boolean>>,
): Promise<void> {
  const reviews = new AccessReviews(client, { keepMs: 0 });
  const { signal } = new AbortController();
  await eventually(async () => {
    for (const [verb, allowed] of Object.entries(verbs)) {
      const right = { verb, group, resource, namespace, name: undefined };
      if ((await reviews.isAllowed({ username }, right, signal)) !== allowed)
        throw new Error(`${username} ${allowed ? "cannot yet" : "can still"} ${verb} ${resource}`);
    }
  });
}

function binding(kind: string, name: string, roleRef: Record<string, string>, { kind: of, ...who }: Subject): Manifest {
  const subject = of === "ServiceAccount" ? { kind: of, ...who } : { kind: of, apiGroup: RBAC, ...who };
  return { apiVersion: VERSION, kind, metadata: { name }, roleRef, subjects: [subject] };
}
