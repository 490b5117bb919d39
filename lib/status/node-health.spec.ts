import { describe, expect, it } from "@jest/globals";
import { type Condition, type ConditionStatus } from "../../crds";
import { nodeHealth } from "./node-health";

const condition = (type: string, status: ConditionStatus, reason: string): Condition => ({
  type,
  status,
  reason,
  message: "",
  lastTransitionTime: "2026-07-06T11:00:00Z",
});
const ready = condition("Ready", "True", "Reconciled");
const notReady = condition("Ready", "False", "NotAllResourcesReady");

describe("how a node counts", () => {
  it.each([
    ["ready", [ready], "Ready"],
    ["starting", [notReady, condition("Degraded", "False", "Healthy")], "Progressing"],
    ["fallen back", [notReady, condition("Degraded", "True", "ResourcesNotReady")], "Progressing"],
    ["failed", [notReady, condition("Degraded", "True", "ResourceFailures")], "Failed"],
    ["in conflict", [notReady, condition("Degraded", "True", "ResourceConflicts")], "Failed"],
    ["no conditions", [], "Progressing"],
  ])("%s", (_, conditions, health) => {
    expect(nodeHealth(3, { observedGeneration: 3, conditions })).toBe(health);
  });

  it("is on the way while its status is of an older generation, or missing", () => {
    expect(nodeHealth(3, { observedGeneration: 2, conditions: [ready] })).toBe("Progressing");
    const degraded = condition("Degraded", "True", "ResourceFailures");
    expect(nodeHealth(3, { observedGeneration: 2, conditions: [notReady, degraded] })).toBe("Progressing");
    expect(nodeHealth(1, undefined)).toBe("Progressing");
  });
});
