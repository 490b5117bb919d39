import { describe, expect, it } from "@jest/globals";
import { assessReadiness } from "./assess";
import { type ReadinessFacts } from "./readiness";

const assess = (apiVersion: string, kind: string, spec: unknown, status: unknown, facts?: ReadinessFacts) =>
  assessReadiness({ apiVersion, kind, metadata: { name: "app", generation: 1 }, spec, status }, facts);

const condition = (type: string, status: string, reason = "", message = "") => ({
  conditions: [{ type, status, reason, message }],
});

describe("Job", () => {
  const started = { startTime: "2026-07-06T00:00:00Z", active: 1 };

  it.each([
    ["not started", {}, {}, "InProgress", "has not started yet"],
    ["running", {}, started, "InProgress", "is running"],
    ["one attempt has failed, another runs", {}, { ...started, failed: 1 }, "InProgress", "is running"],
    ["halfway", { completions: 4 }, { ...started, succeeded: 2 }, "InProgress", "is running: 2 of 4 completions"],
    ["complete", {}, { ...started, ...condition("Complete", "True") }, "Ready", "has completed"],
    [
      "failed",
      {},
      { ...started, ...condition("Failed", "True", "BackoffLimitExceeded", "too many retries") },
      "Failed",
      "too many retries",
    ],
    ["not failed", {}, { ...started, ...condition("Failed", "False") }, "InProgress", "is running"],
    ["suspended", { suspend: true }, condition("Suspended", "True"), "Ready", "is suspended"],
    ["resumed", {}, { ...started, ...condition("Suspended", "False") }, "InProgress", "is running"],
  ])("%s", (_, spec, status, state, message) => {
    expect(assess("batch/v1", "Job", spec, status)).toEqual({ state, message });
  });
});

describe("PersistentVolumeClaim", () => {
  const pending = "is pending: no volume is bound to it yet";

  it.each([
    ["bound", "Bound", undefined, "Ready", "is bound"],
    ["pending", "Pending", undefined, "InProgress", pending],
    ["pending, immediate binding", "Pending", { waitForFirstConsumer: false }, "InProgress", pending],
    [
      "pending, waits for its first consumer",
      "Pending",
      { waitForFirstConsumer: true },
      "Ready",
      "binds when a pod uses it",
    ],
    ["lost, waits for its first consumer", "Lost", { waitForFirstConsumer: true }, "Failed", "has lost its volume"],
    ["new", undefined, undefined, "InProgress", pending],
  ])("%s", (_, phase, facts, state, message) => {
    expect(assess("v1", "PersistentVolumeClaim", {}, { phase }, facts)).toEqual({ state, message });
  });
});

describe("PersistentVolume", () => {
  it.each([
    ["Available", "Ready"],
    ["Bound", "Ready"],
    ["Released", "Ready"],
    ["Pending", "InProgress"],
    ["Failed", "Failed"],
    [undefined, "InProgress"],
  ])("phase %s: %s", (phase, state) => {
    expect(assess("v1", "PersistentVolume", {}, { phase }).state).toBe(state);
  });
});

describe("Pod", () => {
  const waiting = (reason: string) => ({
    phase: "Running",
    containerStatuses: [{ name: "web" }, { name: "worker", state: { waiting: { reason } } }],
  });

  it.each([
    ["new", {}, "InProgress", "has not started yet"],
    ["pending", { phase: "Pending" }, "InProgress", "has not started yet"],
    [
      "not schedulable",
      { phase: "Pending", ...condition("PodScheduled", "False", "Unschedulable", "0/3 nodes fit") },
      "InProgress",
      "0/3 nodes fit",
    ],
    ["ready", { phase: "Running", ...condition("Ready", "True") }, "Ready", "is ready"],
    [
      "not ready",
      { phase: "Running", ...condition("Ready", "False", "ContainersNotReady") },
      "InProgress",
      "is running but not ready (ContainersNotReady)",
    ],
    ["crash loop", waiting("CrashLoopBackOff"), "Failed", "keeps crashing: worker"],
    ["waiting for something else", waiting("ContainerCreating"), "InProgress", "is running but not ready"],
    ["completed", { phase: "Succeeded" }, "Ready", "has completed"],
    ["failed", { phase: "Failed", message: "evicted" }, "Failed", "evicted"],
  ])("%s", (_, status, state, message) => {
    expect(assess("v1", "Pod", {}, status)).toEqual({ state, message });
  });
});

describe("Service", () => {
  const address = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } };

  it.each([
    ["ClusterIP", {}, "Ready"],
    ["ExternalName", {}, "Ready"],
    [undefined, {}, "Ready"],
    ["LoadBalancer", {}, "InProgress"],
    ["LoadBalancer", { loadBalancer: { ingress: [] } }, "InProgress"],
    ["LoadBalancer", address, "Ready"],
  ])("type %s with status %j: %s", (type, status, state) => {
    expect(assess("v1", "Service", { type }, status).state).toBe(state);
  });
});

describe("Ingress", () => {
  const address = { loadBalancer: { ingress: [{ hostname: "lb.example.com" }] } };

  it.each([
    ["rules", { rules: [{ host: "acme.example.com" }] }, {}, "Ready"],
    ["a default backend without an address", { defaultBackend: {} }, {}, "InProgress"],
    ["a default backend with an address", { defaultBackend: {} }, address, "Ready"],
  ])("%s", (_, spec, status, state) => {
    expect(assess("networking.k8s.io/v1", "Ingress", spec, status).state).toBe(state);
  });
});

describe("HorizontalPodAutoscaler", () => {
  it.each([
    ["new", {}, "InProgress", "its controller has not seen it yet"],
    ["able", condition("AbleToScale", "True"), "Ready", "is able to scale"],
    [
      "no target",
      condition("AbleToScale", "False", "FailedGetScale", "no such deployment"),
      "InProgress",
      "no such deployment",
    ],
    [
      "able, without metrics",
      {
        conditions: [
          { type: "ScalingActive", status: "False" },
          { type: "AbleToScale", status: "True" },
        ],
      },
      "Ready",
      "is able to scale",
    ],
  ])("%s", (_, status, state, message) => {
    expect(assess("autoscaling/v2", "HorizontalPodAutoscaler", {}, status)).toEqual({ state, message });
  });
});

describe("Namespace", () => {
  it.each([
    ["Active", "Ready"],
    ["Terminating", "Terminating"],
    [undefined, "InProgress"],
  ])("phase %s: %s", (phase, state) => {
    expect(assess("v1", "Namespace", {}, { phase }).state).toBe(state);
  });
});

describe("CustomResourceDefinition", () => {
  it.each([
    ["new", {}, "InProgress"],
    ["established", condition("Established", "True"), "Ready"],
    ["installing", condition("Established", "False", "Installing"), "InProgress"],
    ["not established", condition("Established", "False", "NotAccepted"), "Failed"],
    ["names taken", condition("NamesAccepted", "False", "PluralConflict"), "Failed"],
    ["names accepted", condition("NamesAccepted", "True"), "InProgress"],
  ])("%s", (_, status, state) => {
    expect(assess("apiextensions.k8s.io/v1", "CustomResourceDefinition", {}, status).state).toBe(state);
  });
});

describe("APIService", () => {
  it.each([
    ["new", {}, "InProgress", "is not available yet"],
    ["available", condition("Available", "True"), "Ready", "is available"],
    [
      "no endpoints",
      condition("Available", "False", "MissingEndpoints"),
      "InProgress",
      "is not available (MissingEndpoints)",
    ],
  ])("%s", (_, status, state, message) => {
    expect(assess("apiregistration.k8s.io/v1", "APIService", {}, status)).toEqual({ state, message });
  });
});
