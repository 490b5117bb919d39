import { describe, expect, it } from "@jest/globals";
import { findCondition } from "./condition";
import { failedNodeStatus, type NodeFailureReason } from "./failed-node-status";
import { nodeHealth } from "./node-health";
import { nodeStatus } from "./node-status";

const NOW = new Date("2026-07-06T12:00:00Z");
const running = nodeStatus(
  {
    generation: 1,
    formRevision: "web-1",
    outcomes: [{ id: "a", kind: "ConfigMap", name: "a", wave: 0, state: "Ready", reason: "Ready", message: "exists" }],
    inventory: [
      {
        id: "a",
        apiVersion: "v1",
        kind: "ConfigMap",
        name: "a",
        uid: "u",
        deletionPolicy: "Delete",
        wave: 0,
        hash: "h",
        ownedHash: "o",
      },
    ],
    previousConditions: [],
  },
  new Date("2026-07-06T11:00:00Z"),
);

describe("a pass that could not begin", () => {
  it.each<[NodeFailureReason, string]>([
    ["VariablesBuildError", "VariablesBuildError"],
    ["DependencyError", "DependencyCycle"],
    ["SortError", "DependencyCycle"],
    ["TemplateRenderError", "TemplateRenderError"],
    ["FormNotFound", "FormNotFound"],
  ])("%s: Degraded is %s", (reason, degraded) => {
    const { conditions } = failedNodeStatus({ reason, message: "why", generation: 2, previous: undefined }, NOW);
    expect(findCondition(conditions, "Ready")).toMatchObject({ status: "False", reason, message: "why" });
    expect(findCondition(conditions, "Degraded")).toMatchObject({ status: "True", reason: degraded });
    expect(findCondition(conditions, "Stalled")).toMatchObject({ status: "True", reason });
    expect(findCondition(conditions, "Progressing")?.status).toBe("False");
  });

  it("keeps what runs in the inventory and in the counts", () => {
    const failed = failedNodeStatus({ reason: "SortError", message: "why", generation: 2, previous: running }, NOW);
    expect(failed).toMatchObject({
      observedGeneration: 2,
      formRevision: "web-1",
      desiredResources: 1,
      readyResources: 1,
      appliedResources: ["ConfigMap//a@a"],
      inventory: running.inventory,
    });
    expect(findCondition(failed.conditions, "Conflicted")).toMatchObject({
      status: "False",
      lastTransitionTime: "2026-07-06T11:00:00Z",
    });
  });

  it("counts as failed", () => {
    const failed = failedNodeStatus({ reason: "SortError", message: "why", generation: 2, previous: running }, NOW);
    expect(nodeHealth(2, failed)).toBe("Failed");
  });
});
