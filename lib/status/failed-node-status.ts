import { type LynqNodeStatus } from "../../crds";
import { quotation } from "../readiness/quotation";
import { findCondition, nextConditions } from "./condition";
import { type NodeStanding, standingConditions } from "./node-standing";

/** Why a pass ended before any resource was looked at. */
export type NodeFailureReason =
  | "VariablesBuildError"
  | "DependencyError"
  | "SortError"
  | "TemplateRenderError"
  | "FormNotFound";

export interface NodeFailure {
  readonly reason: NodeFailureReason;
  /** For people: what was refused, where, and what to do. */
  readonly message: string;
  readonly generation: number;
  /** Its inventory and counts stay: what runs is still ours. */
  readonly previous: LynqNodeStatus | undefined;
  readonly standing?: NodeStanding;
}

/** Reasons that Degraded has other words for, as the Go operator. */
const DEGRADED_REASONS: Partial<Record<NodeFailureReason, string>> = {
  DependencyError: "DependencyCycle",
  SortError: "DependencyCycle",
};

/** The status of a node whose pass could not begin. What it already runs is left alone and stays in the inventory. */
export function failedNodeStatus(
  { reason, message, generation, previous, standing = {} }: NodeFailure,
  now: Date,
): LynqNodeStatus {
  const said = quotation(message, 1024);
  const conditions = previous?.conditions ?? [];
  const conflicted = findCondition(conditions, "Conflicted");
  const drafts = [
    { type: "Ready", status: "False" as const, reason, message: said },
    { type: "Progressing", status: "False" as const, reason: "ReconcileComplete", message: "nothing is in progress" },
    ...(conflicted === undefined ? [] : [conflicted]),
    { type: "Degraded", status: "True" as const, reason: DEGRADED_REASONS[reason] ?? reason, message: said },
    ...standingConditions(standing),
    ...(standing.suspension === undefined ? [{ type: "Stalled", status: "True" as const, reason, message: said }] : []),
  ];
  return {
    desiredResources: 0,
    readyResources: 0,
    failedResources: 0,
    skippedResources: 0,
    conflictedResources: 0,
    skippedResourceIds: [],
    appliedResources: [],
    inventory: [],
    ...previous,
    ...(standing.handledReconcileAt !== undefined && { lastHandledReconcileAt: standing.handledReconcileAt }),
    observedGeneration: generation,
    conditions: nextConditions(conditions, drafts, generation, now),
  };
}
