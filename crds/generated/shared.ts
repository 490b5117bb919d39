// Generated from crds/*.yaml by `npm run generate`. Do not edit.

export type DeletionPolicy = "Delete" | "Retain";

/** One aspect of the object's state. */
export interface Condition {
  /** Which aspect. */
  type: string;
  /** Whether the condition holds. */
  status: ConditionStatus;
  /** Generation of the object that the condition describes. */
  observedGeneration?: number;
  /** When status last changed. */
  lastTransitionTime: string;
  /** Why, in one word for machines. */
  reason: string;
  /** Why, for people. */
  message: string;
}

/** Whether the condition holds. */
export type ConditionStatus = "True" | "False" | "Unknown";
