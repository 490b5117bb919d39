import { describe, expect, it } from "@jest/globals";
import { type LynqNodeStatus } from "../../crds";
import { type InventoryEntry } from "../plan/inventory";
import { nodeStatus } from "./node-status";
import { type ResourceOutcome, type ResourceState } from "./outcome";
import { isOnlyProgress } from "./progress";

const NOW = new Date("2026-01-01T00:00:00Z");

function outcome(state: ResourceState, reason: string = state): ResourceOutcome {
  return { id: "app", kind: "Deployment", namespace: "shop", name: "app", wave: 0, state, reason, message: "so it is" };
}

function entry(more: Partial<InventoryEntry> = {}): InventoryEntry {
  return {
    id: "app",
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "shop",
    name: "app",
    uid: "u1",
    deletionPolicy: "Delete",
    wave: 0,
    hash: "h",
    ownedHash: "o",
    ...more,
  };
}

function status(state: ResourceState, more: Partial<Parameters<typeof nodeStatus>[0]> = {}): LynqNodeStatus {
  return nodeStatus(
    {
      generation: 1,
      outcomes: [outcome(state)],
      inventory: [entry()],
      formRevision: "r1",
      previousConditions: [],
      ...more,
    },
    NOW,
  );
}

const suspended = { suspension: { reason: "NodeSuspended", message: "its annotation" } } as const;
const deleting = { since: "2026-01-01T00:00:00Z", total: 2 };

describe("isOnlyProgress", () => {
  it.each([
    ["the first look at a new node", undefined, status("Progressing")],
    ["a node that goes on as it did", status("Progressing"), status("Blocked")],
    ["new content for a node that was ready with the old", status("Ready"), status("Progressing", { generation: 2 })],
    ["a clean-up that goes its way", status("Ready"), status("Deleting", { generation: 2, deleting })],
  ])("is true of %s", (_what, told, next) => {
    expect(isOnlyProgress(told, next)).toBe(true);
  });

  it.each([
    ["a node that is ready", undefined, status("Ready")],
    ["a failure", undefined, status("Failed")],
    [
      "a failure that is tried again",
      undefined,
      status("Progressing", { outcomes: [{ ...outcome("Failed"), retrying: true }] }),
    ],
    ["a conflict", undefined, status("Conflicted")],
    ["what was ready with this content", status("Ready"), status("Progressing")],
    ["the end of a failure", status("Failed"), status("Progressing", { generation: 2 })],
    ["a suspended node", undefined, status("Blocked", { standing: suspended })],
    ["a node that goes on after it was suspended", status("Blocked", { standing: suspended }), status("Blocked")],
    ["an answer to a request", undefined, status("Progressing", { standing: { handledReconcileAt: "now" } })],
    ["objects that cannot be removed", undefined, status("Progressing", { unwanted: [outcome("Failed")] })],
    ["objects that others want", undefined, status("Progressing", { contested: ["so they say"] })],
    ["an object that is made once", undefined, status("Progressing", { inventory: [entry({ createdOnce: true })] })],
    [
      "another object that is made once",
      status("Progressing", { inventory: [entry({ createdOnce: true })] }),
      status("Progressing", { inventory: [entry({ createdOnce: true, uid: "u2" })] }),
    ],
    ["a clean-up that is refused", status("Ready"), status("Failed", { generation: 2, deleting })],
  ])("is false of %s", (_what, told, next) => {
    expect(isOnlyProgress(told, next)).toBe(false);
  });

  it("is true of an object that is made once, and known to be", () => {
    const known = status("Progressing", { inventory: [entry({ createdOnce: true })] });
    expect(isOnlyProgress(known, { ...known, readyResources: 1 })).toBe(true);
  });
});
