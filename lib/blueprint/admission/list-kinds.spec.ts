import { describe, expect, it } from "@jest/globals";
import { type ResourceListName } from "../../../crds";
import { misplacedKind } from "./list-kinds";

describe("misplacedKind", () => {
  it.each<[ResourceListName, string, string]>([
    ["serviceAccounts", "", "ServiceAccount"],
    ["deployments", "apps", "Deployment"],
    ["statefulSets", "apps", "StatefulSet"],
    ["daemonSets", "apps", "DaemonSet"],
    ["services", "", "Service"],
    ["ingresses", "networking.k8s.io", "Ingress"],
    ["configMaps", "", "ConfigMap"],
    ["secrets", "", "Secret"],
    ["persistentVolumeClaims", "", "PersistentVolumeClaim"],
    ["jobs", "batch", "Job"],
    ["cronJobs", "batch", "CronJob"],
    ["podDisruptionBudgets", "policy", "PodDisruptionBudget"],
    ["networkPolicies", "networking.k8s.io", "NetworkPolicy"],
    ["horizontalPodAutoscalers", "autoscaling", "HorizontalPodAutoscaler"],
    ["namespaces", "", "Namespace"],
    ["manifests", "example.com", "Anything"],
  ])("lets %s take %s %s", (list, group, kind) => {
    expect(misplacedKind(list, group, kind)).toBeUndefined();
  });

  it("names the list where a kind belongs", () => {
    expect(misplacedKind("deployments", "apps", "StatefulSet")).toEqual({
      list: "deployments",
      takes: "Deployment.apps",
      kind: "StatefulSet.apps",
      home: "statefulSets",
    });
  });
});
