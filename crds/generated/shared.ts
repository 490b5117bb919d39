// Generated from crds/*.yaml by `npm run generate`. Do not edit.

export type Mode = "Apply" | "Plan";

export type DeletionPolicy = "Delete" | "Retain";

/** What waits for approval in mode Plan: every change of nodes that would be made now. Absent when nothing waits. */
export interface PendingPlan {
  /** Stands for exactly this set of changes; approving it lets no other change pass. */
  digest: string;
  /** Nodes that would be created. */
  creations: number;
  /** Nodes that would change, because their row or the form has. */
  updates: number;
  /** Nodes that would be deleted. */
  deletions: number;
  /** The first 50 changes. */
  changes: PlannedNodeChange[];
  /** When the plan became what it is. */
  computedAt: string;
}

/** What would happen to one node. */
export interface PlannedNodeChange {
  /** Create, Update or Delete. */
  action: PlannedAction;
  /** Name of the LynqNode. */
  node: string;
  /** Uid of its row. */
  row: string;
  /** What an update changes; values are those of the row, revision is the form's content. */
  because?: UpdateCause;
  /**
   * What would happen to the node's objects, for people, with the fields that change; sensitive values are masked. Left
   * out beyond the first 50 objects of a plan.
   */
  objects?: string[];
}

/** Create, Update or Delete. */
export type PlannedAction = "Create" | "Update" | "Delete";

/** What an update changes; values are those of the row, revision is the form's content. */
export type UpdateCause = "values" | "revision" | "both";

/** The plan that was approved last, with those of its changes that are not done yet. */
export interface ApprovedPlan {
  /** Digest that was approved. */
  digest: string;
  /** Keys of the changes that are left to do. */
  changes: string[];
}

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
