import { type LynqFormObject } from "../../crds";
import { findCondition } from "../../lib/status";

/** How far the newest content of a form has come, for people and for exit codes. */
export interface RolloutState {
  readonly phase: string;
  readonly message: string;
  /** `running` goes on by itself or when somebody resumes it; `stopped` needs a repair. */
  readonly outcome: "complete" | "running" | "stopped";
}

/** What the form's status says of its newest content; a status of older content says nothing. */
export function rolloutState({ metadata, spec, status }: LynqFormObject): RolloutState {
  const running = (phase: string, message: string): RolloutState => ({ phase, message, outcome: "running" });
  if (status?.observedGeneration !== metadata.generation) {
    return running("Pending", "the operator has not looked at the form's last change yet");
  }
  const valid = findCondition(status?.conditions, "Valid");
  if (valid?.status === "False") return { phase: "Invalid", message: valid.message, outcome: "stopped" };
  const { rollout, currentRevision, stableRevision } = status ?? {};
  if (rollout === undefined || spec.rollout === undefined) {
    return stableRevision === currentRevision
      ? { phase: "Complete", message: "every node has the newest content", outcome: "complete" }
      : running("InProgress", findCondition(status?.conditions, "Ready")?.message ?? "");
  }
  if (rollout.targetRevision !== currentRevision || rollout.targetGeneration !== metadata.generation) {
    return running("Pending", "the hub has not looked at its rows since the form's last change");
  }
  const { phase, message = "" } = rollout;
  if (phase === "Complete" || phase === "Idle") return { phase, message, outcome: "complete" };
  return { phase, message, outcome: phase === "Held" || phase === "Failed" ? "stopped" : "running" };
}
