import { type ApiResource } from "../../../lib/cluster";

const kind = (group: string, kindName: string, plural: string): ApiResource => ({
  group,
  version: "v1",
  kind: kindName,
  plural,
  namespaced: true,
  verbs: [],
});

/** The kinds of the form's resources. */
export const childKinds = {
  ConfigMap: kind("", "ConfigMap", "configmaps"),
  Secret: kind("", "Secret", "secrets"),
  Deployment: kind("apps", "Deployment", "deployments"),
  Service: kind("", "Service", "services"),
  Ingress: kind("networking.k8s.io", "Ingress", "ingresses"),
} as const;

export type ChildKind = keyof typeof childKinds;

export const childKindNames: readonly ChildKind[] = ["ConfigMap", "Secret", "Deployment", "Service", "Ingress"];

export const PODS = kind("", "Pod", "pods");

/** The id of each kind's resource in the form, with which the names of its objects end. */
export const childIds: Readonly<Record<ChildKind, string>> = {
  ConfigMap: "config",
  Secret: "secret",
  Deployment: "app",
  Service: "svc",
  Ingress: "web",
};

/** Whether an object belongs to a row of the bench: everything else in the namespace is the cluster's own. */
export const isTenants = (name: string): boolean => /^t\d{5}-/.test(name);
