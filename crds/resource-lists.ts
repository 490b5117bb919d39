import { type FormResource, type LynqFormSpec } from "./generated/lynqform";

/** The resource lists of a form, in the order in which they are always walked. */
export const resourceListNames = [
  "serviceAccounts",
  "deployments",
  "statefulSets",
  "daemonSets",
  "services",
  "ingresses",
  "configMaps",
  "secrets",
  "persistentVolumeClaims",
  "jobs",
  "cronJobs",
  "podDisruptionBudgets",
  "networkPolicies",
  "horizontalPodAutoscalers",
  "namespaces",
  "manifests",
] as const satisfies readonly ListName[];

type ListName = {
  [Field in keyof LynqFormSpec]-?: LynqFormSpec[Field] extends FormResource[] | undefined ? Field : never;
}[keyof LynqFormSpec];

export type ResourceListName = (typeof resourceListNames)[number];
