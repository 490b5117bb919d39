import { type ResourceListName, resourceListNames } from "../../../crds";

/** The kind that a list takes; `manifests` takes any. */
interface ListKind {
  readonly group: string;
  readonly kind: string;
}

const listKinds: Readonly<Record<ResourceListName, ListKind | undefined>> = {
  serviceAccounts: { group: "", kind: "ServiceAccount" },
  deployments: { group: "apps", kind: "Deployment" },
  statefulSets: { group: "apps", kind: "StatefulSet" },
  daemonSets: { group: "apps", kind: "DaemonSet" },
  services: { group: "", kind: "Service" },
  ingresses: { group: "networking.k8s.io", kind: "Ingress" },
  configMaps: { group: "", kind: "ConfigMap" },
  secrets: { group: "", kind: "Secret" },
  persistentVolumeClaims: { group: "", kind: "PersistentVolumeClaim" },
  jobs: { group: "batch", kind: "Job" },
  cronJobs: { group: "batch", kind: "CronJob" },
  podDisruptionBudgets: { group: "policy", kind: "PodDisruptionBudget" },
  networkPolicies: { group: "networking.k8s.io", kind: "NetworkPolicy" },
  horizontalPodAutoscalers: { group: "autoscaling", kind: "HorizontalPodAutoscaler" },
  namespaces: { group: "", kind: "Namespace" },
  manifests: undefined,
};

/** Of an object that is in the wrong list: what the list takes, and where the object belongs. */
export interface MisplacedKind {
  readonly list: string;
  readonly takes: string;
  readonly kind: string;
  readonly home: string;
}

/** Why an object of this kind does not belong in the list; undefined when it does. */
export function misplacedKind(list: ResourceListName, group: string, kind: string): MisplacedKind | undefined {
  const taken = listKinds[list];
  if (taken === undefined || (taken.group === group && taken.kind === kind)) return undefined;
  const home = resourceListNames.find(name => listKinds[name]?.group === group && listKinds[name].kind === kind);
  return { list, takes: describe(taken), kind: describe({ group, kind }), home: home ?? "manifests" };
}

function describe({ group, kind }: ListKind): string {
  return group === "" ? kind : `${kind}.${group}`;
}
