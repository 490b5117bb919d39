import { type LynqNodeStatus } from "../../crds";
import { findCondition, isTrue } from "./condition";

/** Conditions of a node on an ordinary way: to Ready, or to its end. */
const ORDINARY = new Set(["Ready", "Progressing", "Reconciling", "Conflicted", "Degraded"]);

/**
 * Whether a status says nothing but that things go on as they should, so that it may be told a moment later, or never when the next is there before it:
 * nobody has to act, nothing has become worse, no request is answered, and all that it remembers is found by labels, too
 * (docs/decisions/progress-is-told-late.md).
 *
 * @param told the status as the API server has it
 */
export function isOnlyProgress(told: LynqNodeStatus | undefined, next: LynqNodeStatus): boolean {
  return (
    isTrue(next.conditions, "Reconciling") &&
    isOrdinary(next) &&
    (told === undefined || isOrdinary(told)) &&
    !wasReady(told, next) &&
    told?.lastHandledReconcileAt === next.lastHandledReconcileAt &&
    !hasMadeOnce(told, next)
  );
}

function isOrdinary({ conditions = [] }: LynqNodeStatus): boolean {
  return (
    conditions.every(({ type }) => ORDINARY.has(type)) &&
    !isTrue(conditions, "Conflicted") &&
    !isTrue(conditions, "Degraded")
  );
}

/** What was ready with this very content, and is not any more. */
function wasReady(told: LynqNodeStatus | undefined, next: LynqNodeStatus): boolean {
  return (
    told?.observedGeneration === next.observedGeneration && findCondition(told?.conditions, "Ready")?.status === "True"
  );
}

/** An object that is made once may be gone, and its labels with it, before anybody looks again. */
function hasMadeOnce(told: LynqNodeStatus | undefined, next: LynqNodeStatus): boolean {
  const known = new Set(told?.inventory?.map(({ uid }) => uid));
  return next.inventory?.some(({ createdOnce, uid }) => createdOnce === true && !known.has(uid)) === true;
}
