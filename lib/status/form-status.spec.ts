import { describe, expect, it } from "@jest/globals";
import { type LynqFormStatus } from "../../crds";
import { findCondition } from "./condition";
import { type RolloutPhase, type RolloutStatus } from "../../crds";
import { type RolloutProgress } from "../plan/rollout";
import { type FormNodeCounts, formStatus, type FormStatusInput } from "./form-status";
import { statusPatch } from "./status-patch";

const T0 = new Date("2026-07-06T12:00:00Z");
const after = (seconds: number) => new Date(T0.getTime() + seconds * 1000);

const counts = (total: number, more: Partial<FormNodeCounts> = {}): FormNodeCounts => ({
  total,
  ready: total,
  failed: 0,
  updated: total,
  ...more,
});

const status = (nodes: FormNodeCounts, more: Partial<FormStatusInput> = {}, now = T0): LynqFormStatus =>
  formStatus(
    { generation: 2, currentRevision: "web-2", problems: [], nodes, rollout: undefined, previous: undefined, ...more },
    now,
  );

const conditionsOf = ({ conditions }: LynqFormStatus) =>
  (conditions ?? []).map(({ type, status, reason }) => `${type}=${status}/${reason}`);

describe("conditions of a form", () => {
  const valid = "Valid=True/ValidationPassed";

  it.each<[string, FormNodeCounts, readonly string[], string[]]>([
    ["all nodes are ready", counts(3), [], ["Ready=True/AllNodesReady", valid, "Applied=True/AllNodesReady"]],
    ["no rows", counts(0), [], ["Ready=True/NoNodes", valid, "Applied=False/NoNodes"]],
    [
      "nodes start",
      counts(3, { ready: 1 }),
      [],
      ["Ready=False/NotAllNodesReady", valid, "Applied=False/NotAllNodesReady", "Reconciling=True/NotAllNodesReady"],
    ],
    [
      "some have failed, others start",
      counts(3, { ready: 1, failed: 1 }),
      [],
      ["Ready=False/NotAllNodesReady", valid, "Applied=False/NotAllNodesReady", "Reconciling=True/NotAllNodesReady"],
    ],
    [
      "all others have failed",
      counts(3, { ready: 1, failed: 2 }),
      [],
      ["Ready=False/NotAllNodesReady", valid, "Applied=False/NotAllNodesReady", "Stalled=True/NotAllNodesReady"],
    ],
    [
      "ready with the old content",
      counts(3, { updated: 1 }),
      [],
      ["Ready=False/RolloutInProgress", valid, "Applied=True/AllNodesReady", "Reconciling=True/RolloutInProgress"],
    ],
    [
      "invalid",
      counts(3),
      ["x"],
      [
        "Ready=False/ValidationFailed",
        "Valid=False/ValidationFailed",
        "Applied=True/AllNodesReady",
        "Stalled=True/ValidationFailed",
      ],
    ],
  ])("%s", (_, nodes, problems, expected) => {
    expect(conditionsOf(status(nodes, { problems }))).toEqual(expected);
  });

  it("count ready nodes in words", () => {
    const { conditions } = status(counts(5, { ready: 2, failed: 1 }));
    expect(findCondition(conditions, "Applied")?.message).toBe("2/5 nodes ready, 1 failed");
  });

  it("name the problems of the form, up to ten", () => {
    const problems = Array.from({ length: 12 }, (_, index) => `problem ${index}`);
    const message = findCondition(status(counts(0), { problems }).conditions, "Valid")?.message;
    expect(message).toMatch(/^problem 0; .*problem 9; and 2 more$/);
  });

  it("do not change while nothing changes", () => {
    const first = status(counts(3, { ready: 1 }));
    expect(statusPatch(first, status(counts(3, { ready: 1 }), { previous: first }, after(60)))).toBeUndefined();
  });
});

describe("a rollout", () => {
  const progress = (phase: RolloutPhase, status: Partial<RolloutStatus> = {}): RolloutProgress => ({
    status: { phase, totalNodes: 4, updatedNodes: 1, readyUpdatedNodes: 1, failedNodes: 0, ...status },
    governed: true,
    stable: "web-1",
    steps: 2,
    failureLimit: 0,
    progressDeadlineSeconds: 600,
    failed: [],
    pauseEnds: undefined,
    suspended: false,
    withheld: 0,
  });
  const told = (one: RolloutProgress, fault?: { uid: string; message: string }, updated = 1) =>
    status(counts(4, { updated }), {
      rollout: { namespace: "shop", name: "web", progress: one, fault },
      previous: undefined,
    });

  it("is absent when changes are not throttled, but for the stable revision", () => {
    const unthrottled = told({ ...progress("InProgress"), governed: false });
    expect(unthrottled).not.toHaveProperty("rollout");
    expect(unthrottled.stableRevision).toBe("web-1");
  });

  it("stays as it is on record until the hub has looked at its rows", () => {
    const previous = told(progress("Held", { failedNodes: 1 }));
    expect(status(counts(4), { previous })).toMatchObject({ rollout: previous.rollout, stableRevision: "web-1" });
  });

  it.each<[string, RolloutProgress, string]>([
    ["idle", progress("Idle"), "the form has no nodes"],
    ["in progress", progress("InProgress"), "1 of 4 nodes are updated, 1 of them are ready"],
    [
      "at a step",
      progress("InProgress", { step: 1, stepName: "canary" }),
      "step 1 of 2 (canary), 1 of 4 nodes are updated, 1 of them are ready",
    ],
    [
      "after the steps",
      progress("InProgress", { step: 3, stepName: "all others" }),
      "after the last step, 1 of 4 nodes are updated, 1 of them are ready",
    ],
    [
      "waiting for an approval",
      progress("Paused", { step: 1, stepName: "canary", approval: "web-2/1/t" }),
      "step 1 of 2 (canary), its nodes are done, approve with lynq rollout resume -n shop web: 1 of 4 nodes are updated, 1 of them are ready",
    ],
    [
      "waiting for time",
      { ...progress("Paused", { step: 1, stepName: "canary" }), pauseEnds: T0.getTime() },
      "step 1 of 2 (canary), its nodes are done, goes on at 2026-07-06T12:00:00Z: 1 of 4 nodes are updated, 1 of them are ready",
    ],
    [
      "waiting for the approval of a plan",
      { ...progress("Paused"), withheld: 3 },
      "3 nodes wait for the approval of the form's plan: 1 of 4 nodes are updated, 1 of them are ready",
    ],
    [
      "suspended",
      { ...progress("Paused"), suspended: true },
      "the form is suspended: 1 of 4 nodes are updated, 1 of them are ready",
    ],
    [
      "paused by hand",
      progress("Paused", { paused: true }),
      "paused by spec.rollout.paused: 1 of 4 nodes are updated, 1 of them are ready",
    ],
    [
      "held",
      { ...progress("Held", { failedNodes: 1 }), failed: ["acme"] },
      "held: 1 of 4 nodes are updated, 1 of them are ready; 1 failed: acme; the failure budget is 0. It goes on by itself when these nodes work: repair their rows, change the form, or run lynq rollout undo -n shop web",
    ],
    [
      "failed",
      { ...progress("Failed", { failedNodes: 1, readyUpdatedNodes: 0 }), failed: ["acme"] },
      "no progress for 600 seconds: 1 of 4 nodes are updated, 0 of them are ready; 1 failed: acme",
    ],
    ["complete", progress("Complete"), "all 4 nodes are updated"],
    [
      "complete within the budget",
      { ...progress("Complete", { failedNodes: 1 }), failed: ["acme"], failureLimit: 2 },
      "all 4 nodes are updated; 1 failed: acme, within the failure budget of 2",
    ],
    [
      "complete, whatever fails later",
      { ...progress("Complete", { failedNodes: 1 }), failed: ["acme"] },
      "all 4 nodes are updated",
    ],
  ])("says in words that it is %s", (_, one, message) => {
    expect(told(one).rollout?.message).toBe(message);
  });

  it("names a row for which a step cannot be decided", () => {
    const fault = { uid: "acme", message: "spec.rollout.steps[0].when: renders maybe" };
    expect(told(progress("InProgress"), fault).rollout?.message).toBe(
      '1 of 4 nodes are updated, 1 of them are ready; row "acme" belongs to no step: spec.rollout.steps[0].when: renders maybe',
    );
  });

  it.each<[RolloutPhase, string[]]>([
    ["InProgress", ["Ready=False/RolloutInProgress", "Reconciling=True/RolloutInProgress"]],
    ["Paused", ["Ready=False/RolloutPaused", "Reconciling=True/RolloutPaused"]],
    ["Failed", ["Ready=False/ProgressDeadlineExceeded", "Stalled=True/ProgressDeadlineExceeded"]],
    ["Held", ["Ready=False/RolloutHeld", "Stalled=True/RolloutHeld", "RolloutHeld=True/FailureBudgetExceeded"]],
  ])("that is %s shows in the form's conditions", (phase, conditions) => {
    expect(conditionsOf(told(progress(phase)))).toEqual(expect.arrayContaining(conditions));
  });

  it.each<RolloutPhase>(["InProgress", "Paused", "Failed"])("that is %s is not held", phase => {
    expect(conditionsOf(told(progress(phase)))).toContain("RolloutHeld=False/WithinFailureBudget");
  });

  it("that is complete leaves no condition of its own", () => {
    expect(conditionsOf(told(progress("Complete"), undefined, 4))).toEqual([
      "Ready=True/AllNodesReady",
      "Valid=True/ValidationPassed",
      "Applied=True/AllNodesReady",
    ]);
  });
});
