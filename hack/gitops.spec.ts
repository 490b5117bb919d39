import { describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Condition } from "../crds";
import { type InventoryEntry } from "../lib/plan/inventory";
import { assessReadiness } from "../lib/readiness";
import { formStatus, hubStatus, nodeStatus, type ResourceOutcome, type SyncOutcome } from "../lib/status";
import { projectFolder } from "./project";

const NOW = new Date("2026-07-06T12:00:00Z");

interface Health {
  readonly status: string;
  readonly message: string;
}

const [, script = ""] = /```lua\n(.*?)```/s.exec(readFileSync(join(projectFolder, "docs", "gitops.md"), "utf8")) ?? [];

/** What Argo CD makes of objects, by the script of the page, in a real Lua. */
function argoHealth(objects: readonly object[]): Health[] {
  // On one thread: with WebAssembly compiled in the background, such a process did not end now and then, on a busy machine.
  const output = execFileSync(process.execPath, ["--single-threaded", join(projectFolder, "hack", "lua.mjs")], {
    input: JSON.stringify({ script, objects }),
    encoding: "utf8",
  });
  return JSON.parse(output) as Health[];
}

const outcome = (state: ResourceOutcome["state"]): ResourceOutcome => ({
  id: "app",
  kind: "ConfigMap",
  namespace: "apps",
  name: "app",
  wave: 0,
  state,
  reason: "Because",
  message: "because",
});
const entry: InventoryEntry = {
  id: "app",
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "apps",
  name: "app",
  uid: "u",
  deletionPolicy: "Delete",
  wave: 0,
  hash: "h",
  ownedHash: "o",
  readyOnce: true,
};
type NodeInput = Parameters<typeof nodeStatus>[0];
const node = (state: ResourceOutcome["state"], more: Partial<NodeInput> = {}) =>
  nodeStatus(
    {
      generation: 2,
      outcomes: [outcome(state)],
      inventory: [],
      formRevision: "form-1",
      previousConditions: [],
      ...more,
    },
    NOW,
  );

const succeeded: SyncOutcome = {
  kind: "succeeded",
  at: NOW,
  desired: 12,
  rows: { seen: 12, active: 12, quarantined: 0 },
  quarantined: [],
  held: undefined,
  approved: undefined,
};
const hub = (sync: SyncOutcome, previous?: ReturnType<typeof hubStatus>) =>
  hubStatus(
    {
      namespace: "apps",
      name: "customers",
      generation: 2,
      syncInterval: "30s",
      forms: 1,
      nodes: { ready: 12, failed: 0 },
      sync,
      previous,
    },
    NOW,
  );
const counts = (ready: number, failed = 0, updated = 3) => ({ total: 3, ready, failed, updated, readyUpdated: ready });
const form = (
  nodes: ReturnType<typeof counts>,
  { problems = [], suspended = false }: { problems?: string[]; suspended?: boolean } = {},
) =>
  formStatus(
    { generation: 2, currentRevision: "form-1", problems, nodes, suspended, rollout: undefined, previous: undefined },
    NOW,
  );
const outage = { kind: "failed", reason: "DatabaseConnectionFailed", message: "no answer" } as const;
const held = { count: 12, total: 12, digest: "0123456789abcdef", examples: [] };
const byHand = { suspension: { reason: "NodeSuspended", message: "the annotation" } } as const;

/** Status, and what kstatus and Argo CD say of it. */
const situations: readonly (readonly [string, { conditions?: Condition[] }, string, string])[] = [
  ["a node that is ready", node("Ready"), "Ready", "Healthy"],
  ["a node that starts", node("Progressing"), "InProgress", "Progressing"],
  ["a node that waits for another resource", node("Blocked"), "InProgress", "Progressing"],
  ["a node with a failed resource", node("Failed"), "Failed", "Degraded"],
  ["a node in conflict", node("Conflicted"), "Failed", "Degraded"],
  ["a node that has fallen back", node("Progressing", { inventory: [entry] }), "InProgress", "Degraded"],
  [
    "a node that is deleted",
    node("Deleting", { deleting: { since: "2026-07-06T12:00:00Z", total: 1 } }),
    "InProgress",
    "Progressing",
  ],
  ["a suspended node that runs", node("Ready", { standing: byHand }), "Ready", "Suspended"],
  ["a suspended node that is broken", node("Failed", { standing: byHand }), "InProgress", "Suspended"],
  ["a node that outlives its row", node("Ready", { standing: { inactive: true } }), "Ready", "Healthy"],
  ["a hub that was read", hub(succeeded), "Ready", "Healthy"],
  ["a hub that is about to be read", hub({ kind: "pending" }), "InProgress", "Progressing"],
  ["a hub in an outage", hub({ ...outage, retrying: true }, hub(succeeded)), "InProgress", "Progressing"],
  ["a hub with a wrong password", hub({ ...outage, retrying: false }), "Failed", "Degraded"],
  ["a hub whose guard holds", hub({ ...succeeded, held }), "Ready", "Suspended"],
  ["a suspended hub", hub({ kind: "suspended" }, hub(succeeded)), "Ready", "Suspended"],
  ["a form whose nodes are ready", form(counts(3)), "Ready", "Healthy"],
  ["a form whose nodes start", form(counts(1)), "InProgress", "Progressing"],
  ["a form that is rolled out", form(counts(3, 0, 1)), "InProgress", "Progressing"],
  ["a form whose other nodes have all failed", form(counts(1, 2)), "Failed", "Degraded"],
  ["an invalid form", form(counts(3), { problems: ["spec: no"] }), "Failed", "Degraded"],
  ["a suspended form", form(counts(3), { suspended: true }), "Ready", "Suspended"],
];

const live = (status: object | undefined, generation = 2) => ({
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqNode",
  metadata: { name: "acme", generation },
  ...(status === undefined ? {} : { status }),
});

describe("kstatus", () => {
  it.each(situations)("of %s", (_, status, expected) => {
    expect(assessReadiness(live(status)).state).toBe(expected);
  });

  it("waits for the latest generation", () => {
    expect(assessReadiness(live(node("Ready"), 3)).state).toBe("InProgress");
  });
});

describe("the health script for Argo CD", () => {
  it("says of every situation what the page says", () => {
    const results = argoHealth(situations.map(([, status]) => live(status)));
    expect(results.map(({ status }, index) => [situations[index]?.[0], status])).toEqual(
      situations.map(([name, , , argo]) => [name, argo]),
    );
    expect(results.filter(({ message }) => message === "")).toEqual([]);
  });

  it("waits for a status, and for the latest generation", () => {
    expect(argoHealth([live(undefined), live({}), live(node("Ready"), 3)])).toEqual([
      { status: "Progressing", message: "waits for the operator" },
      { status: "Progressing", message: "waits for the operator" },
      { status: "Progressing", message: "the operator has not seen the latest change yet" },
    ]);
  });
});
