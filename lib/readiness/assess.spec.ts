import { describe, expect, it } from "@jest/globals";
import { type KubernetesObject, type ObjectMeta } from "../blueprint/object";
import { assessReadiness } from "./assess";

function object(apiVersion: string, kind: string, status?: unknown, metadata: ObjectMeta = {}): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: { name: "app", generation: 3, ...metadata },
    ...(status !== undefined && { status }),
  };
}

describe("what holds for every kind", () => {
  const available = { observedGeneration: 3, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };

  it("finds an object that is being deleted terminating, whatever its status says", () => {
    const deleting = { deletionTimestamp: "2026-07-06T00:00:00Z", finalizers: ["example.com/backup"] };
    expect(assessReadiness(object("apps/v1", "Deployment", available, deleting))).toEqual({
      state: "Terminating",
      message: "is being deleted; waits for example.com/backup",
    });
  });

  it.each([
    ["older", 2],
    ["newer, as after a restore from a backup", 4],
  ])("does not believe a status of another generation: %s", (_, observedGeneration) => {
    const stale = object("apps/v1", "Deployment", { ...available, observedGeneration });
    expect(assessReadiness(stale)).toEqual({
      state: "InProgress",
      message: "its controller has not seen the latest change yet",
    });
  });

  it.each([
    ["Stalled", "Failed"],
    ["Reconciling", "InProgress"],
  ])("lets a True %s condition decide, also for a kind with a rule of its own", (type, state) => {
    const conditions = [{ type, status: "True", message: "quota is used up" }];
    expect(assessReadiness(object("apps/v1", "Deployment", { ...available, conditions }))).toEqual({
      state,
      message: "quota is used up",
    });
    const conditionsFalse = [{ type, status: "False", message: "" }];
    expect(assessReadiness(object("apps/v1", "Deployment", { ...available, conditions: conditionsFalse })).state).toBe(
      "Ready",
    );
  });

  it("finds an object failed that is both stalled and reconciling, in either order", () => {
    const both = [
      { type: "Reconciling", status: "True" },
      { type: "Stalled", status: "True" },
    ];
    expect(assessReadiness(object("example.com/v1", "Database", { conditions: both })).state).toBe("Failed");
    expect(assessReadiness(object("example.com/v1", "Database", { conditions: both.reverse() })).state).toBe("Failed");
  });
});

describe("the API group decides which rule holds", () => {
  it.each([
    ["apps/v1", "Deployment", "InProgress"],
    ["example.com/v1", "Deployment", "Ready"],
    ["v1", "Deployment", "Ready"],
    ["batch/v1", "Job", "InProgress"],
    ["batch.volcano.sh/v1alpha1", "Job", "Ready"],
    ["v1", "Namespace", "InProgress"],
    ["example.com/v1", "Namespace", "Ready"],
    ["v1", "PersistentVolumeClaim", "InProgress"],
    ["example.com/v1", "PersistentVolumeClaim", "Ready"],
    ["v1", "constructor", "Ready"],
    ["constructor/v1", "Deployment", "Ready"],
  ])("%s %s without a status: %s", (apiVersion, kind, state) => {
    expect(assessReadiness(object(apiVersion, kind)).state).toBe(state);
  });
});

describe("kinds that are ready once they exist", () => {
  it.each([
    ["v1", "ConfigMap"],
    ["v1", "Secret"],
    ["v1", "ServiceAccount"],
    ["batch/v1", "CronJob"],
    ["policy/v1", "PodDisruptionBudget"],
    ["networking.k8s.io/v1", "NetworkPolicy"],
    ["rbac.authorization.k8s.io/v1", "ClusterRole"],
    ["v1", "ResourceQuota"],
    ["storage.k8s.io/v1", "StorageClass"],
  ])("%s %s", (apiVersion, kind) => {
    expect(assessReadiness(object(apiVersion, kind)).state).toBe("Ready");
  });
});

describe("a PodDisruptionBudget", () => {
  it.each([
    ["its status is of an older generation", { observedGeneration: 2 }, "InProgress"],
    ["it allows no disruption just now", { conditions: [{ type: "DisruptionAllowed", status: "False" }] }, "Ready"],
  ])("%s", (_, status, state) => {
    expect(assessReadiness(object("policy/v1", "PodDisruptionBudget", status)).state).toBe(state);
  });
});

describe("malformed status", () => {
  it.each([
    ["text", "broken"],
    ["null", null],
    ["conditions as a map", { conditions: { Ready: "False" } }],
    ["conditions of nothing", { conditions: [null, "Ready", { type: "Ready" }, { status: "False" }] }],
  ])("says nothing: %s", (_, status) => {
    expect(assessReadiness(object("example.com/v1", "Database", status)).state).toBe("Ready");
  });
});
