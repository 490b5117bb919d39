import { type Suspension } from "../plan/suspension";
import { type ConditionDraft } from "./condition";

/** What is true of a node as a whole, whatever its resources do. */
export interface NodeStanding {
  /** Why nothing is written for it. */
  readonly suspension?: Suspension | undefined;
  /** The row is not active any more, and the hub's grace period runs. */
  readonly inactive?: boolean;
  /** The last request to look again that was answered. */
  readonly handledReconcileAt?: string | undefined;
}

/** Conditions that are there only while they hold. */
export function standingConditions({ suspension, inactive = false }: NodeStanding): ConditionDraft[] {
  return [
    ...(suspension === undefined
      ? []
      : [
          {
            type: "Suspended",
            status: "True" as const,
            reason: suspension.reason,
            message: `suspended by ${suspension.message}`,
          },
        ]),
    ...(inactive ? [INACTIVE] : []),
  ];
}

const INACTIVE: ConditionDraft = {
  type: "Inactive",
  status: "True",
  reason: "RowNotActive",
  message:
    "the row is not active any more (since spec.inactiveSince): the node runs and heals as it is, gets no change, and goes when the hub's deactivationGracePeriod has passed, unless the row returns",
};
