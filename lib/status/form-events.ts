import { type Condition } from "../../crds";
import { quotation } from "../readiness/quotation";
import { conditionEvents } from "./condition-events";
import { MAXIMUM_NOTE, type StatusEvent } from "./status-event";

/** Why a form is invalid, as far as the Go operator has a word of its own for it. */
export interface FormFault {
  readonly reason: "HubNotFound" | "DuplicateResourceIDs" | "DependencyValidationFailed";
  readonly message: string;
}

/** The word for a broken rule of admission (docs/admission.md); undefined for one that is a plain `ValidationFailed`. */
export function faultReason(rule: string): FormFault["reason"] | undefined {
  if (rule === "resource-id-taken") return "DuplicateResourceIDs";
  return rule.startsWith("depend-") ? "DependencyValidationFailed" : undefined;
}

/**
 * What is worth telling of a form: a condition that has turned, and with `ValidationFailed` one event for each kind of fault. Nothing while nothing
 * changes, where the Go operator tells the faults again and again.
 */
export function formEvents(
  previous: readonly Condition[] | undefined,
  next: readonly Condition[] | undefined,
  faults: readonly FormFault[],
): StatusEvent[] {
  const events = conditionEvents("LynqForm", previous, next);
  if (!events.some(({ reason }) => reason === "ValidationFailed")) return events;
  const told = [...new Set(faults.map(({ reason }) => reason))].map((reason): StatusEvent => {
    const messages = faults.filter(fault => fault.reason === reason).map(({ message }) => message);
    return { type: "Warning", reason, message: quotation(messages.join("; "), MAXIMUM_NOTE) };
  });
  return [...events, ...told];
}
