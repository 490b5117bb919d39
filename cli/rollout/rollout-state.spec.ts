import { describe, expect, it } from "@jest/globals";
import { type LynqFormObject, type LynqFormStatus, type RolloutStatus } from "../../crds";
import { rolloutState } from "./rollout-state";

const rollout = (phase: RolloutStatus["phase"], more: Partial<RolloutStatus> = {}): RolloutStatus => ({
  phase,
  targetRevision: "web-b",
  targetGeneration: 3,
  message: "in words",
  ...more,
});
const state = (status: LynqFormStatus | undefined, spec: Partial<LynqFormObject["spec"]> = { rollout: {} }) =>
  rolloutState({
    apiVersion: "operator.lynq.sh/v1",
    kind: "LynqForm",
    metadata: { name: "web", generation: 3 },
    spec: { hubId: "hub", ...spec },
    ...(status === undefined ? {} : { status: { observedGeneration: 3, currentRevision: "web-b", ...status } }),
  });

describe("what a form's status says of its rollout", () => {
  it.each<[string, LynqFormStatus | undefined, string, string]>([
    ["nobody has looked yet", undefined, "Pending", "running"],
    ["of an older generation", { observedGeneration: 2, rollout: rollout("Complete") }, "Pending", "running"],
    ["of older content", { rollout: rollout("Complete", { targetRevision: "web-a" }) }, "Pending", "running"],
    ["of older settings", { rollout: rollout("Held", { targetGeneration: 2 }) }, "Pending", "running"],
    ["complete", { rollout: rollout("Complete") }, "Complete", "complete"],
    ["without nodes", { rollout: rollout("Idle") }, "Idle", "complete"],
    ["on its way", { rollout: rollout("InProgress") }, "InProgress", "running"],
    ["paused", { rollout: rollout("Paused") }, "Paused", "running"],
    ["held", { rollout: rollout("Held") }, "Held", "stopped"],
    ["failed", { rollout: rollout("Failed") }, "Failed", "stopped"],
  ])("%s", (_, status, phase, outcome) => {
    expect(state(status)).toMatchObject({ phase, outcome });
  });

  it("goes by the stable content where nothing is throttled", () => {
    expect(state({ stableRevision: "web-b" }, {})).toMatchObject({ phase: "Complete", outcome: "complete" });
    expect(state({ stableRevision: "web-a" }, {})).toMatchObject({ phase: "InProgress", outcome: "running" });
  });

  it("is stopped where the form is not valid", () => {
    const invalid = {
      type: "Valid",
      status: "False",
      reason: "ValidationFailed",
      message: "no",
      lastTransitionTime: "",
    };
    expect(state({ conditions: [{ ...invalid, status: "False" as const }] })).toEqual({
      phase: "Invalid",
      message: "no",
      outcome: "stopped",
    });
  });
});
