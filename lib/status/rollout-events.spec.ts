import { describe, expect, it } from "@jest/globals";
import { type RolloutStatus } from "../../crds";
import { rolloutEvents } from "./rollout-events";

const status = (phase: RolloutStatus["phase"], more: Partial<RolloutStatus> = {}): RolloutStatus => ({
  phase,
  startTime: "2026-07-06T12:00:00Z",
  targetRevision: "web-2",
  totalNodes: 3,
  message: "in words",
  ...more,
});
const told = (previous: RolloutStatus | undefined, next: RolloutStatus | undefined) =>
  rolloutEvents(previous, next).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

describe("events of a rollout", () => {
  it("tell its start, and each turn once", () => {
    const begun = status("InProgress");
    expect(told(undefined, begun)).toEqual(["Normal RolloutStarted: revision web-2 goes to 3 nodes"]);
    expect(told(begun, begun)).toEqual([]);
    expect(told(begun, status("Held"))).toEqual(["Warning RolloutHeld: in words"]);
    expect(told(status("Held"), status("Held", { message: "other words" }))).toEqual([]);
    expect(told(status("Held"), begun)).toEqual([]);
    expect(told(begun, status("Failed"))).toEqual(["Warning ProgressDeadlineExceeded: in words"]);
    expect(told(begun, status("Complete"))).toEqual(["Normal RolloutComplete: in words"]);
  });

  it("tell each step that pauses", () => {
    expect(told(status("Paused", { step: 1 }), status("Paused", { step: 2 }))).toEqual([
      "Normal RolloutPaused: in words",
    ]);
  });

  it("tell the start of the next, also from one that is complete", () => {
    const next = status("InProgress", { startTime: "2026-07-06T13:00:00Z" });
    expect(told(status("Complete"), next)).toHaveLength(1);
  });

  it("tell the start and the end of one that starts in the same second as the one before", () => {
    const next = { targetRevision: "web-3" };
    expect(told(status("InProgress"), status("InProgress", next))).toEqual([
      "Normal RolloutStarted: revision web-3 goes to 3 nodes",
    ]);
    expect(told(status("Complete"), status("Complete", next))).toEqual(["Normal RolloutComplete: in words"]);
  });

  it("tell nothing where nothing is told, or there is nothing", () => {
    expect(told(status("InProgress"), undefined)).toEqual([]);
    expect(told(undefined, { phase: "Idle" })).toEqual([]);
  });
});
