import { describe, expect, it } from "@jest/globals";
import { assessReadiness } from "./assess";

type Fields = Record<string, unknown>;

const assess = (kind: string) => (spec: Fields, status: Fields) =>
  assessReadiness({
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "app", generation: 1 },
    spec,
    status: { observedGeneration: 1, ...status },
  });

describe.each(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])("%s", kind => {
  it.each([
    ["no status", {}],
    ["scaled to zero", { replicas: 0 }],
  ])("is not ready before its controller saw it: %s", (_, spec) => {
    const unseen = { apiVersion: "apps/v1", kind, metadata: { name: "app", generation: 1 }, spec, status: {} };
    expect(assessReadiness(unseen)).toEqual({
      state: "InProgress",
      message: "its controller has not seen it yet",
    });
  });
});

describe("Deployment", () => {
  const deployment = assess("Deployment");
  const complete = { replicas: 5, updatedReplicas: 5, readyReplicas: 5, availableReplicas: 5 };
  const timedOut = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" };

  it.each<[string, Fields, Fields, string, string]>([
    ["complete", { replicas: 5 }, complete, "Ready", "all 5 replicas are available"],
    [
      "one replica by default",
      {},
      { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
      "Ready",
      "its replica is available",
    ],
    ["one replica by default, not there", {}, {}, "InProgress", "0 of 1 replicas are up to date"],
    [
      "two available",
      { replicas: 5 },
      { ...complete, readyReplicas: 2, availableReplicas: 2 },
      "InProgress",
      "2 of 5 replicas are available",
    ],
    [
      "ready for less than minReadySeconds",
      { replicas: 5 },
      { ...complete, availableReplicas: 4 },
      "InProgress",
      "4 of 5 replicas are available",
    ],
    [
      "available but not ready",
      { replicas: 5 },
      { ...complete, readyReplicas: 4 },
      "InProgress",
      "4 of 5 replicas are ready",
    ],
    [
      "halfway through an update",
      { replicas: 5 },
      { ...complete, replicas: 6, updatedReplicas: 3 },
      "InProgress",
      "3 of 5 replicas are up to date",
    ],
    [
      "old replicas still there",
      { replicas: 5 },
      { ...complete, replicas: 6 },
      "InProgress",
      "1 surplus replica is still there",
    ],
    ["scaled to zero", { replicas: 0 }, {}, "Ready", "is scaled to zero"],
    [
      "scaled to zero after a failed rollout",
      { replicas: 0 },
      { conditions: [timedOut] },
      "Ready",
      "is scaled to zero",
    ],
    ["scaling to zero", { replicas: 0 }, { replicas: 2 }, "InProgress", "2 surplus replicas are still there"],
    [
      "past its progress deadline",
      { replicas: 5 },
      { ...complete, availableReplicas: 0, conditions: [timedOut] },
      "Failed",
      "timed out",
    ],
    [
      "progressing",
      { replicas: 5 },
      {
        ...complete,
        updatedReplicas: 1,
        conditions: [{ type: "Progressing", status: "True", reason: "ReplicaSetUpdated" }],
      },
      "InProgress",
      "1 of 5 replicas are up to date",
    ],
    [
      "not available",
      { replicas: 5 },
      { ...complete, conditions: [{ type: "Available", status: "False", message: "too few" }] },
      "InProgress",
      "too few",
    ],
    [
      "unable to create its replica set",
      { replicas: 5 },
      { ...complete, conditions: [{ type: "Progressing", status: "False", reason: "ReplicaSetCreateError" }] },
      "InProgress",
      "makes no progress (ReplicaSetCreateError)",
    ],
    [
      "paused when complete",
      { replicas: 5, paused: true },
      { ...complete, conditions: [{ type: "Progressing", status: "Unknown", reason: "DeploymentPaused" }] },
      "Ready",
      "all 5 replicas are available",
    ],
    [
      "refused by a quota",
      { replicas: 2 },
      { conditions: [{ type: "ReplicaFailure", status: "True", message: "exceeded quota" }] },
      "InProgress",
      "0 of 2 replicas are up to date: exceeded quota",
    ],
  ])("%s", (_, spec, status, state, message) => {
    expect(deployment(spec, status)).toEqual({ state, message });
  });
});

describe("StatefulSet", () => {
  const statefulSet = assess("StatefulSet");
  const complete = { replicas: 3, readyReplicas: 3, updatedReplicas: 3, currentReplicas: 3 };
  const rolling = (partition: number) => ({
    replicas: 3,
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } },
  });
  const onDelete = { replicas: 3, updateStrategy: { type: "OnDelete" } };

  it.each<[string, Fields, Fields, string, string]>([
    ["complete", rolling(0), complete, "Ready", "all 3 replicas are ready"],
    [
      "without an update strategy",
      { replicas: 3 },
      { ...complete, updatedReplicas: 2 },
      "InProgress",
      "2 of 3 replicas are up to date",
    ],
    [
      "starting",
      rolling(0),
      { replicas: 2, readyReplicas: 1, updatedReplicas: 2 },
      "InProgress",
      "1 of 3 replicas are ready",
    ],
    ["updating", rolling(0), { ...complete, updatedReplicas: 1 }, "InProgress", "1 of 3 replicas are up to date"],
    [
      "the partition is updated",
      rolling(2),
      { ...complete, updatedReplicas: 1, currentReplicas: 2 },
      "Ready",
      "all 3 replicas are ready",
    ],
    [
      "the partition is not updated",
      rolling(1),
      { ...complete, updatedReplicas: 1 },
      "InProgress",
      "1 of 2 replicas are up to date",
    ],
    [
      "the partition keeps all replicas back",
      rolling(5),
      { ...complete, updatedReplicas: 0 },
      "Ready",
      "all 3 replicas are ready",
    ],
    [
      "the partition is updated but a pod is not ready",
      rolling(2),
      { ...complete, readyReplicas: 2, updatedReplicas: 1 },
      "InProgress",
      "2 of 3 replicas are ready",
    ],
    [
      "OnDelete with an update that waits for somebody",
      onDelete,
      { ...complete, updatedReplicas: 0 },
      "Ready",
      "all 3 replicas are ready",
    ],
    [
      "OnDelete and a pod not ready",
      onDelete,
      { ...complete, readyReplicas: 1 },
      "InProgress",
      "1 of 3 replicas are ready",
    ],
    ["scaled to zero", { replicas: 0 }, {}, "Ready", "is scaled to zero"],
    ["scaling down", { replicas: 0 }, { replicas: 1 }, "InProgress", "1 surplus replica is still there"],
    [
      "ready for less than minReadySeconds",
      { replicas: 3, minReadySeconds: 10 },
      { ...complete, availableReplicas: 2 },
      "InProgress",
      "2 of 3 replicas are available",
    ],
    [
      "ready for minReadySeconds",
      { replicas: 3, minReadySeconds: 10 },
      { ...complete, availableReplicas: 3 },
      "Ready",
      "all 3 replicas are ready",
    ],
  ])("%s", (_, spec, status, state, message) => {
    expect(statefulSet(spec, status)).toEqual({ state, message });
  });
});

describe("DaemonSet", () => {
  const daemonSet = assess("DaemonSet");
  const complete = {
    desiredNumberScheduled: 3,
    currentNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberReady: 3,
    numberAvailable: 3,
  };

  it.each<[string, Fields, Fields, string, string]>([
    ["complete", {}, complete, "Ready", "all 3 pods are available"],
    ["no node is eligible", {}, { desiredNumberScheduled: 0 }, "Ready", "no node is eligible"],
    ["nodes not counted", {}, {}, "InProgress", "its controller has not counted the nodes yet"],
    ["scheduling", {}, { ...complete, currentNumberScheduled: 1 }, "InProgress", "1 of 3 pods are scheduled"],
    ["updating", {}, { ...complete, updatedNumberScheduled: 2 }, "InProgress", "2 of 3 pods are up to date"],
    [
      "OnDelete with an update that waits for somebody",
      { updateStrategy: { type: "OnDelete" } },
      { ...complete, updatedNumberScheduled: 0 },
      "Ready",
      "all 3 pods are available",
    ],
    ["not ready", {}, { ...complete, numberReady: 2 }, "InProgress", "2 of 3 pods are available"],
    ["not available", {}, { ...complete, numberAvailable: 1 }, "InProgress", "1 of 3 pods are available"],
  ])("%s", (_, spec, status, state, message) => {
    expect(daemonSet(spec, status)).toEqual({ state, message });
  });
});

describe("ReplicaSet", () => {
  const replicaSet = assess("ReplicaSet");
  const refused = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" };

  it.each<[string, Fields, Fields, string, string]>([
    [
      "complete",
      { replicas: 2 },
      { replicas: 2, readyReplicas: 2, availableReplicas: 2 },
      "Ready",
      "all 2 replicas are available",
    ],
    [
      "starting",
      { replicas: 2 },
      { replicas: 2, readyReplicas: 2, availableReplicas: 1 },
      "InProgress",
      "1 of 2 replicas are available",
    ],
    ["scaled to zero", { replicas: 0 }, {}, "Ready", "is scaled to zero"],
    ["scaling down", { replicas: 1 }, { replicas: 3 }, "InProgress", "2 surplus replicas are still there"],
    [
      "refused by a quota",
      {},
      { conditions: [refused] },
      "InProgress",
      "0 of 1 replicas are available: exceeded quota",
    ],
  ])("%s", (_, spec, status, state, message) => {
    expect(replicaSet(spec, status)).toEqual({ state, message });
  });
});
