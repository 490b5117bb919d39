import { describe, expect, it } from "@jest/globals";
import { type LynqFormStatus } from "../../crds";
import { findCondition } from "./condition";
import { formStatus, type FormStatusInput } from "./form-status";
import { type FormNodeCounts, progressDeadline, rolloutStatus } from "./rollout-status";
import { statusPatch } from "./status-patch";

const T0 = new Date("2026-07-06T12:00:00Z");
const after = (seconds: number) => new Date(T0.getTime() + seconds * 1000);

const counts = (total: number, more: Partial<FormNodeCounts> = {}): FormNodeCounts => ({
  total,
  ready: total,
  failed: 0,
  updated: total,
  readyUpdated: total,
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
      counts(3, { updated: 1, readyUpdated: 1 }),
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
  const rollout = { lastProgress: undefined, progressDeadlineSeconds: 600 };
  const begun = status(counts(4, { updated: 0, readyUpdated: 0 }), { rollout });

  const step = (nodes: FormNodeCounts, now: Date, more: Partial<FormStatusInput> = {}) =>
    status(nodes, { rollout, previous: begun, ...more }, now).rollout;

  it("is absent when changes are not throttled", () => {
    expect(status(counts(3))).not.toHaveProperty("rollout");
  });

  it("is in progress from the start, also while it is throttled", () => {
    expect(begun.rollout).toEqual({
      phase: "InProgress",
      targetGeneration: 2,
      totalNodes: 4,
      updatedNodes: 0,
      updatingNodes: 0,
      readyUpdatedNodes: 0,
      startTime: "2026-07-06T12:00:00Z",
      message: "0 of 4 nodes are updated, 0 of them are ready",
    });
  });

  it("is complete when every node is updated and ready, at that time", () => {
    expect(step(counts(4), after(100))).toMatchObject({
      phase: "Complete",
      startTime: "2026-07-06T12:00:00Z",
      completionTime: "2026-07-06T12:01:40Z",
    });
  });

  it.each([
    ["a node falls back", counts(4, { ready: 3, readyUpdated: 3 })],
    ["a row is added", counts(5, { ready: 4, readyUpdated: 4 })],
  ])("stays complete when %s", (_, nodes) => {
    const complete = status(counts(4), { rollout, previous: begun }, after(100));
    expect(step(nodes, after(9000), { previous: complete })).toMatchObject({
      phase: "Complete",
      completionTime: "2026-07-06T12:01:40Z",
    });
  });

  it("starts anew for a new generation", () => {
    const complete = status(counts(4), { rollout, previous: begun }, after(100));
    const next = step(counts(4, { updated: 1, readyUpdated: 0 }), after(200), { previous: complete, generation: 3 });
    expect(next).toMatchObject({ phase: "InProgress", targetGeneration: 3, startTime: "2026-07-06T12:03:20Z" });
    expect(next).not.toHaveProperty("completionTime");
  });

  it("has failed when nothing moves until the deadline, and goes on when something does", () => {
    const stuck = counts(4, { ready: 3, failed: 1, updated: 1, readyUpdated: 0 });
    expect(step(stuck, after(599))?.phase).toBe("InProgress");
    expect(step(stuck, after(600))).toMatchObject({
      phase: "Failed",
      message: "no progress for 600 seconds: 1 of 4 nodes are updated, 0 of them are ready; 1 failed",
    });
    const moved = { ...rollout, lastProgress: after(500) };
    expect(step(stuck, after(600), { rollout: moved })?.phase).toBe("InProgress");
    expect(step(stuck, after(1100), { rollout: moved })?.phase).toBe("Failed");
  });

  it("that has failed is the form's failure", () => {
    const failed = status(counts(4, { updated: 1, readyUpdated: 0 }), { rollout, previous: begun }, after(600));
    expect(conditionsOf(failed)).toContain("Ready=False/ProgressDeadlineExceeded");
    expect(conditionsOf(failed)).toContain("Stalled=True/ProgressDeadlineExceeded");
  });

  it("does not fail while it is paused", () => {
    const paused = { ...rollout, paused: "by hand" };
    expect(step(counts(4, { updated: 1, readyUpdated: 1 }), after(9000), { rollout: paused })).toMatchObject({
      phase: "InProgress",
      message: "paused (by hand): 1 of 4 nodes are updated, 1 of them are ready",
    });
  });

  it("does not begin before there are nodes, so the first row has the whole deadline", () => {
    const idle = status(counts(0), { rollout });
    expect(idle.rollout).toMatchObject({ phase: "Idle" });
    expect(idle.rollout).not.toHaveProperty("startTime");
    const first = step(counts(1, { ready: 0, readyUpdated: 0 }), after(9000), { previous: idle });
    expect(first).toMatchObject({ phase: "InProgress", startTime: "2026-07-06T14:30:00Z" });
  });

  it("does not take over the start time that the Go operator gave an idle rollout", () => {
    const idle = {
      ...begun,
      rollout: { phase: "Idle" as const, targetGeneration: 2, startTime: "2026-07-01T00:00:00Z" },
    };
    const nodes = counts(4, { updated: 1, readyUpdated: 0 });
    expect(step(nodes, T0, { previous: idle })).toMatchObject({
      phase: "InProgress",
      startTime: "2026-07-06T12:00:00Z",
    });
  });

  it("says when it is to be looked at again", () => {
    const input = { ...rollout, target: 2, nodes: counts(4, { updated: 1, readyUpdated: 0 }), previous: begun.rollout };
    expect(progressDeadline(input, rolloutStatus(input, after(10)))).toEqual(after(600));
    const moved = { ...input, lastProgress: after(30) };
    expect(progressDeadline(moved, rolloutStatus(moved, after(40)))).toEqual(after(630));
    const complete = { ...input, nodes: counts(4) };
    expect(progressDeadline(complete, rolloutStatus(complete, after(10)))).toBeUndefined();
    const paused = { ...input, paused: "by hand" };
    expect(progressDeadline(paused, rolloutStatus(paused, after(10)))).toBeUndefined();
  });
});
