import { type RolloutPhase, type RolloutStatus } from "../../crds";
import { quotation } from "../readiness/quotation";
import { MAXIMUM_NOTE, type StatusEvent } from "./status-event";

const EVENTS: Readonly<Partial<Record<RolloutPhase, Pick<StatusEvent, "type" | "reason">>>> = {
  Paused: { type: "Normal", reason: "RolloutPaused" },
  Held: { type: "Warning", reason: "RolloutHeld" },
  Failed: { type: "Warning", reason: "ProgressDeadlineExceeded" },
  Complete: { type: "Normal", reason: "RolloutComplete" },
};

/** One event when a rollout begins, and one when it pauses, is held, fails or is complete. */
export function rolloutEvents(previous: RolloutStatus | undefined, next: RolloutStatus | undefined): StatusEvent[] {
  if (next === undefined) return [];
  const message = quotation(next.message ?? "", MAXIMUM_NOTE);
  // Times are whole seconds: a rollout may start in the same one as the one before.
  const isOther = next.startTime !== previous?.startTime || next.targetRevision !== previous?.targetRevision;
  const begins = next.startTime !== undefined && isOther;
  const turns = next.phase !== previous?.phase || begins || next.step !== previous.step;
  const event = EVENTS[next.phase];
  return [
    ...(begins && next.phase !== "Complete"
      ? [
          {
            type: "Normal" as const,
            reason: "RolloutStarted",
            message: `revision ${next.targetRevision ?? ""} goes to ${next.totalNodes ?? 0} nodes`,
          },
        ]
      : []),
    ...(turns && event !== undefined ? [{ ...event, message }] : []),
  ];
}
