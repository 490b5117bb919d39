import { type Condition, type ConditionStatus } from "../../crds";
import { quotation } from "../readiness/quotation";
import { findCondition } from "./condition";
import { MAXIMUM_NOTE, type StatusEvent } from "./status-event";

interface Transition extends Pick<StatusEvent, "type" | "reason"> {
  readonly condition: string;
  readonly to: ConditionStatus;
  /** Only with this reason. */
  readonly because?: string;
  /** Other words are news, too: the message changes only with the situation. */
  readonly onNewMessage?: boolean;
}

/** Its message has the digest: another plan is news. */
const PLAN_PENDING: Transition = {
  condition: "PlanPending",
  to: "True",
  type: "Normal",
  reason: "PlanPending",
  onNewMessage: true,
};

/** Transitions that the Go operator tells by these reasons, and those of what it does not have. */
const TRANSITIONS: Readonly<Record<"LynqHub" | "LynqForm", readonly Transition[]>> = {
  LynqHub: [
    { condition: "Ready", to: "False", type: "Warning", reason: "DatabaseQueryFailed" },
    { condition: "DeletionHeld", to: "True", type: "Warning", reason: "DeletionHeld" },
    { condition: "NodesInactive", to: "True", because: "GuardWillHold", type: "Warning", reason: "NodesInactive" },
    { condition: "SyncOverrun", to: "True", type: "Warning", reason: "SyncOverrun" },
    { condition: "RowsQuarantined", to: "True", type: "Warning", reason: "RowsQuarantined" },
    PLAN_PENDING,
  ],
  LynqForm: [
    { condition: "Valid", to: "False", type: "Warning", reason: "ValidationFailed", onNewMessage: true },
    { condition: "Valid", to: "True", type: "Normal", reason: "ValidationPassed" },
    PLAN_PENDING,
  ],
};

/** One event for each condition of a hub or a form that has changed to something worth telling. */
export function conditionEvents(
  kind: "LynqHub" | "LynqForm",
  previous: readonly Condition[] | undefined,
  next: readonly Condition[] | undefined,
): StatusEvent[] {
  return TRANSITIONS[kind].flatMap(({ condition, to, because, type, reason, onNewMessage = false }) => {
    const before = findCondition(previous, condition);
    const after = findCondition(next, condition);
    const isSo = (one: Condition | undefined) =>
      one?.status === to && (because === undefined || one.reason === because);
    if (after === undefined || !isSo(after)) return [];
    if (isSo(before) && !(onNewMessage && before?.message !== after.message)) return [];
    return [{ type, reason, message: quotation(after.message, MAXIMUM_NOTE) }];
  });
}
