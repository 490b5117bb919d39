import { describe, expect, it } from "@jest/globals";
import { type Condition } from "../../crds";
import { type InventoryEntry } from "../plan/inventory";
import { findCondition } from "./condition";
import { nodeStatus, type NodeStatusInput } from "./node-status";
import { type ResourceOutcome, type ResourceState } from "./outcome";

const NOW = new Date("2026-07-06T12:00:00.500Z");
const EARLIER = new Date("2026-07-06T11:00:00Z");

function outcome(id: string, state: ResourceState, more: Partial<ResourceOutcome> = {}): ResourceOutcome {
  return {
    id,
    kind: "Deployment",
    namespace: "acme",
    name: id,
    wave: 0,
    state,
    reason: state,
    message: `${id} says`,
    ...more,
  };
}

function entry(id: string, more: Partial<InventoryEntry> = {}): InventoryEntry {
  return {
    id,
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "acme",
    name: id,
    uid: `uid-${id}`,
    deletionPolicy: "Delete",
    wave: 0,
    hash: "h",
    ownedHash: "o",
    ...more,
  };
}

function status(outcomes: readonly ResourceOutcome[], more: Partial<NodeStatusInput> = {}, now = NOW) {
  return nodeStatus(
    { generation: 2, outcomes, inventory: [], formRevision: "web-1", previousConditions: [], ...more },
    now,
  );
}

/** `Ready=True/Reconciled` and so on, sorted. */
function summary(conditions: readonly Condition[] | undefined): string[] {
  return (conditions ?? []).map(({ type, status, reason }) => `${type}=${status}/${reason}`).sort();
}

const QUIET = ["Conflicted=False/NoConflict", "Progressing=False/ReconcileComplete"];

describe("conditions of a node", () => {
  it.each<[string, ResourceOutcome[], string[]]>([
    [
      "every resource is ready",
      [outcome("a", "Ready"), outcome("b", "Ready")],
      ["Degraded=False/Healthy", "Ready=True/Reconciled", ...QUIET],
    ],
    ["nothing is wanted", [outcome("a", "Excluded")], ["Degraded=False/Healthy", "Ready=True/Reconciled", ...QUIET]],
    [
      "an ordinary start",
      [outcome("a", "Progressing"), outcome("b", "Blocked")],
      [
        "Conflicted=False/NoConflict",
        "Degraded=False/Healthy",
        "Progressing=True/Reconciling",
        "Ready=False/NotAllResourcesReady",
        "Reconciling=True/NotAllResourcesReady",
      ],
    ],
    [
      "a resource has failed",
      [outcome("a", "Ready"), outcome("b", "Failed")],
      ["Degraded=True/ResourceFailures", "Ready=False/ResourcesFailed", "Stalled=True/ResourcesFailed", ...QUIET],
    ],
    [
      "a resource has failed and its dependent is skipped",
      [outcome("a", "Failed"), outcome("b", "Skipped")],
      ["Degraded=True/ResourceFailures", "Ready=False/ResourcesFailed", "Stalled=True/ResourcesFailed", ...QUIET],
    ],
    [
      "a resource has failed while others start",
      [outcome("a", "Failed"), outcome("b", "Progressing")],
      [
        "Conflicted=False/NoConflict",
        "Degraded=True/ResourceFailures",
        "Progressing=True/Reconciling",
        "Ready=False/ResourcesFailed",
        "Reconciling=True/ResourcesFailed",
      ],
    ],
    [
      "a write is tried again",
      [outcome("a", "Failed", { retrying: true })],
      [
        "Conflicted=False/NoConflict",
        "Degraded=True/ResourceFailures",
        "Progressing=True/Reconciling",
        "Ready=False/ResourcesFailed",
        "Reconciling=True/ResourcesFailed",
      ],
    ],
    [
      "a resource is in conflict",
      [outcome("a", "Conflicted"), outcome("b", "Ready")],
      [
        "Conflicted=True/ResourceConflict",
        "Degraded=True/ResourceConflicts",
        "Progressing=False/ReconcileComplete",
        "Ready=False/ResourcesConflicted",
        "Stalled=True/ResourcesConflicted",
      ],
    ],
    [
      "one has failed and one is in conflict",
      [outcome("a", "Conflicted"), outcome("b", "Failed")],
      [
        "Conflicted=True/ResourceConflict",
        "Degraded=True/ResourceFailuresAndConflicts",
        "Progressing=False/ReconcileComplete",
        "Ready=False/ResourcesFailedAndConflicted",
        "Stalled=True/ResourcesFailedAndConflicted",
      ],
    ],
  ])("%s", (_, outcomes, expected) => {
    expect(summary(status(outcomes).conditions)).toEqual([...expected].sort());
  });

  it("are Degraded when a resource falls back that was ready since the last change", () => {
    const outcomes = [outcome("a", "Progressing"), outcome("b", "Ready")];
    const inventory = [entry("a", { readyOnce: true }), entry("b", { readyOnce: true })];
    const { conditions } = status(outcomes, { inventory });
    expect(findCondition(conditions, "Degraded")).toMatchObject({ status: "True", reason: "ResourcesNotReady" });
    expect(findCondition(conditions, "Degraded")?.message).toBe("Deployment acme/a: a says");
    expect(findCondition(conditions, "Reconciling")?.status).toBe("True");
  });

  it("are not Degraded while an object under a new name starts beside the ready old one", () => {
    const inventory = [entry("a", { name: "old", readyOnce: true }), entry("a", { name: "new" })];
    const { conditions } = status([outcome("a", "Progressing", { name: "new" })], { inventory });
    expect(findCondition(conditions, "Degraded")?.status).toBe("False");
  });

  it("tell a deletion, also when nothing is left to say", () => {
    const { conditions } = status([outcome("a", "Deleting", { message: "waits for example.com/backup" })], {
      deleting: { since: "2026-07-06T12:00:00Z", total: 3 },
    });
    expect(findCondition(conditions, "Ready")).toMatchObject({
      status: "False",
      reason: "Deleting",
      message: "1 of 3 objects is still to be deleted; Deployment acme/a: waits for example.com/backup",
    });
    expect(summary(conditions)).toContain("Reconciling=True/Deleting");
    const none = status([], { deleting: { since: "2026-07-06T12:00:00Z", total: 0 } });
    expect(summary(none.conditions)).toContain("Ready=False/Deleting");
  });

  it("tell how far a deletion is, and what it waits for, but not what waits for that", () => {
    const { deletion } = status(
      [
        outcome("a", "Deleting", { since: "2026-07-06T12:00:05Z", message: "is being deleted" }),
        outcome("b", "Failed", { message: "no" }),
        outcome("c", "Blocked"),
      ],
      { deleting: { since: "2026-07-06T12:00:00Z", total: 5 } },
    );
    expect(deletion).toEqual({
      since: "2026-07-06T12:00:00Z",
      total: 5,
      left: 3,
      waitingFor: [
        {
          kind: "Deployment",
          namespace: "acme",
          name: "a",
          since: "2026-07-06T12:00:05Z",
          message: "is being deleted",
        },
        { kind: "Deployment", namespace: "acme", name: "b", message: "no" },
      ],
    });
  });

  it("tell what is not wanted any more and still there, and what other nodes want, too; neither when there is none", () => {
    const { conditions } = status([outcome("a", "Ready")], {
      unwanted: [outcome("old", "Failed", { message: "no" }), outcome("older", "Blocked", { message: "waits" })],
      contested: ["Deployment acme/a is wanted by LynqNode acme/b, too"],
    });
    expect(findCondition(conditions, "Ready")?.status).toBe("True");
    expect(findCondition(conditions, "Pruning")).toMatchObject({
      status: "True",
      reason: "DeletionRefused",
      message: "2 objects are no longer wanted; Deployment acme/old: no",
    });
    expect(findCondition(conditions, "Contested")).toMatchObject({
      status: "True",
      reason: "ObjectClaimedByAnotherNode",
      message: "Deployment acme/a is wanted by LynqNode acme/b, too",
    });
    expect(findCondition(status([outcome("a", "Ready")]).conditions, "Pruning")).toBeUndefined();
  });

  it("of a suspended node promise no progress and no failure", () => {
    const { conditions } = status([outcome("a", "Progressing")], {
      standing: { suspension: { reason: "NodeSuspended", message: "the annotation" } },
    });
    expect(summary(conditions)).toEqual([
      "Conflicted=False/NoConflict",
      "Degraded=False/Healthy",
      "Progressing=False/ReconcileComplete",
      "Ready=False/NotAllResourcesReady",
      "Suspended=True/NodeSuspended",
    ]);
  });

  it("keep the transition time while the status is the same, and take a new one when it changes", () => {
    const before = status([outcome("a", "Progressing")], {}, EARLIER).conditions ?? [];
    const same = status([outcome("a", "Progressing", { message: "other words" })], { previousConditions: before });
    expect(findCondition(same.conditions, "Ready")?.lastTransitionTime).toBe("2026-07-06T11:00:00Z");
    const changed = status([outcome("a", "Ready")], { previousConditions: before });
    expect(findCondition(changed.conditions, "Ready")?.lastTransitionTime).toBe("2026-07-06T12:00:00Z");
    expect(findCondition(changed.conditions, "Conflicted")?.lastTransitionTime).toBe("2026-07-06T11:00:00Z");
  });

  it("carry the generation that they describe", () => {
    const generations = (status([outcome("a", "Failed")]).conditions ?? []).map(
      condition => condition.observedGeneration,
    );
    expect(new Set(generations)).toEqual(new Set([2]));
  });
});

describe("messages of a node", () => {
  const message = (outcomes: readonly ResourceOutcome[], type: string) =>
    findCondition(status(outcomes).conditions, type)?.message;

  it("name what has failed before what is on its way", () => {
    const outcomes = [outcome("a", "Progressing"), outcome("b", "Failed"), outcome("c", "Ready")];
    expect(message(outcomes, "Ready")).toBe("1 of 3 resources are ready; Deployment acme/b: b says");
    expect(message(outcomes, "Progressing")).toBe("1 of 3 resources are on the way");
  });

  it("spell out three problems in the order of dependencies and count the others", () => {
    const outcomes = ["f", "e", "d", "c", "b"].map((id, index) => outcome(id, "Failed", { wave: index < 1 ? 9 : 1 }));
    expect(message(outcomes, "Degraded")).toBe(
      "Deployment acme/b: b says; Deployment acme/c: c says; Deployment acme/d: d says; and 2 more",
    );
  });

  it("are the same whatever the order of the outcomes", () => {
    const outcomes = ["a", "b", "c", "d"].map(id => outcome(id, "Failed"));
    expect(status([...outcomes].reverse())).toEqual(status(outcomes));
  });

  it("are bounded, however long the resource's own message is", () => {
    const outcomes = [outcome("a", "Failed", { message: "x".repeat(100_000) })];
    expect(message(outcomes, "Ready")?.length).toBeLessThan(400);
  });

  it("name every field of a conflict", () => {
    const fields = Array.from({ length: 60 }, (_, index) => `.spec.field${index}`).join(", ");
    const outcomes = [outcome("a", "Conflicted", { message: `conflict with "helm": ${fields}` })];
    expect(message(outcomes, "Conflicted")).toContain(".spec.field59");
  });

  const bare = { id: "a", wave: 0, state: "Failed", reason: "ApplyFailed", message: "a says" } as const;

  it.each<[ResourceOutcome, string]>([
    [{ ...bare, kind: "Deployment" }, 'Deployment of resource "a": a says'],
    [{ ...bare, kind: "ClusterRole", name: "acme" }, "ClusterRole acme: a says"],
    [{ ...bare, kind: "Deployment", namespace: "acme", name: "app" }, "Deployment acme/app: a says"],
  ])("name a resource as far as it has a name: %j", (failed, expected) => {
    expect(message([failed], "Degraded")).toBe(expected);
  });
});

describe("counts of a node", () => {
  it("leave out what is not wanted, and count a conflict as failed, too", () => {
    const outcomes = [
      outcome("ready", "Ready"),
      outcome("failed", "Failed"),
      outcome("conflicted", "Conflicted"),
      outcome("skipped-b", "Skipped"),
      outcome("skipped-a", "Skipped"),
      outcome("blocked", "Blocked"),
      outcome("excluded", "Excluded"),
    ];
    expect(status(outcomes)).toMatchObject({
      observedGeneration: 2,
      formRevision: "web-1",
      desiredResources: 6,
      readyResources: 1,
      failedResources: 2,
      conflictedResources: 1,
      skippedResources: 2,
      skippedResourceIds: ["skipped-a", "skipped-b"],
    });
  });

  it("write an empty list of skipped resources, so that an old one goes away", () => {
    expect(status([outcome("a", "Ready")]).skippedResourceIds).toEqual([]);
  });

  it("list the objects sorted, as the inventory has them", () => {
    const inventory = [
      entry("svc", { kind: "Service", name: "acme-svc" }),
      entry("app", { name: "acme-app" }),
      { ...entry("role", { kind: "ClusterRole", name: "acme" }), namespace: undefined },
    ].map(({ namespace, ...others }) => ({ ...others, ...(namespace !== undefined && { namespace }) }));
    const { appliedResources, inventory: kept } = status([], { inventory });
    expect(appliedResources).toEqual([
      "ClusterRole//acme@role",
      "Deployment/acme/acme-app@app",
      "Service/acme/acme-svc@svc",
    ]);
    expect(kept).toEqual(inventory);
  });
});
