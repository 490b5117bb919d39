import { type LynqFormObject, type LynqNodeObject } from "../../crds";
import { ANNOTATION_SUSPEND } from "../metadata";

/** What freezes a node, most specific first. */
export type SuspensionReason = "NodeSuspended" | "RowSuspended" | "FormSuspended";

export interface Suspension {
  readonly reason: SuspensionReason;
  /** For people: who froze it, and what ends it. */
  readonly message: string;
}

/** Whether somebody froze this very node by its annotation. */
export function isSuspendedByHand(node: Pick<LynqNodeObject, "metadata">): boolean {
  return node.metadata.annotations?.[ANNOTATION_SUSPEND] === "true";
}

/**
 * Why nothing is written for a node; undefined when it goes its way.
 *
 * @param form the node's form; undefined when there is none, which freezes nothing
 */
export function suspensionOf(
  node: Pick<LynqNodeObject, "metadata" | "spec">,
  form: Pick<LynqFormObject, "spec"> | undefined,
): Suspension | undefined {
  if (isSuspendedByHand(node)) {
    const message = `the annotation ${ANNOTATION_SUSPEND}; nothing is written, healed or removed until it is taken away`;
    return { reason: "NodeSuspended", message };
  }
  if (node.spec.suspended === true) {
    const message = "the row's suspend column; nothing is written, healed or removed until it is off";
    return { reason: "RowSuspended", message };
  }
  if (form?.spec.suspend === true) {
    const message = `spec.suspend of form ${node.spec.templateRef}; nothing is written, healed or removed until it is false`;
    return { reason: "FormSuspended", message };
  }
  return undefined;
}
