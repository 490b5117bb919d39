import { type ApprovedPlan, type PendingPlan, type PlannedNodeChange } from "../../crds";
import { ANNOTATION_APPROVE_PLAN } from "../metadata";
import { type PlannedChange, type PlanVerdict } from "../plan/plan-approval";
import { quotation } from "../readiness/quotation";
import { type ConditionDraft, formatTime } from "./condition";
import { firstFew, SPELLED_OUT } from "./outcome";

/** A judged plan, and what would happen to the objects of which node, for people. */
export interface PlanOutcome extends PlanVerdict {
  readonly objects?: ReadonlyMap<string, readonly string[]>;
}

/** What a form or a hub says of plans. */
export interface PlanStatus {
  readonly plan?: PendingPlan;
  readonly approvedPlan?: ApprovedPlan;
}

/** Changes that status lists one by one. */
const LISTED_CHANGES = 50;

/**
 * The fields of a status that are about plans. A plan that is the one of before keeps its time and its words.
 *
 * @param outcome undefined outside of mode Plan
 */
export function planStatus(previous: PlanStatus | undefined, outcome: PlanOutcome | undefined, now: Date): PlanStatus {
  // The last approval stays on record outside of mode Plan, too, so that its annotation never counts again.
  const last = previous?.approvedPlan;
  const approved = outcome?.approved ?? (last && { ...last, changes: [] });
  const pending = outcome?.pending;
  return {
    ...(approved !== undefined && { approvedPlan: { digest: approved.digest, changes: [...approved.changes] } }),
    ...(pending !== undefined && {
      plan:
        previous?.plan?.digest === pending.digest
          ? previous.plan
          : {
              digest: pending.digest,
              ...countChanges(pending.changes),
              changes: pending.changes
                .slice(0, LISTED_CHANGES)
                .map(change => listed(change, outcome?.objects?.get(change.node))),
              computedAt: formatTime(now),
            },
    }),
  };
}

function countChanges(changes: readonly PlannedChange[]): Pick<PendingPlan, "creations" | "updates" | "deletions"> {
  const count = (wanted: PlannedChange["action"]) => changes.filter(({ action }) => action === wanted).length;
  return { creations: count("Create"), updates: count("Update"), deletions: count("Delete") };
}

function listed({ action, node, row, because }: PlannedChange, objects: readonly string[] = []): PlannedNodeChange {
  return {
    action,
    node,
    row: quotation(row, 253),
    ...(because !== undefined && { because }),
    ...(objects.length > 0 && { objects: [...objects] }),
  };
}

/** The condition of a form or a hub in mode Plan. */
export function planCondition(
  subject: { readonly kind: "LynqForm" | "LynqHub"; readonly namespace: string; readonly name: string },
  plan: PendingPlan | undefined,
): ConditionDraft {
  if (plan === undefined) {
    return {
      type: "PlanPending",
      status: "False",
      reason: "NothingToApprove",
      message: "no change waits for approval",
    };
  }
  const { creations, updates, deletions, changes, digest } = plan;
  const total = creations + updates + deletions;
  const examples = changes.map(({ action, node }) => `${action.toLowerCase()} ${node}`);
  return {
    type: "PlanPending",
    status: "True",
    reason: "ApprovalNeeded",
    message:
      `${total} ${total === 1 ? "node" : "nodes"} would change (${creations} created, ${updates} updated, ${deletions} deleted): ` +
      `${firstFew(examples, SPELLED_OUT, total)}; to let exactly this happen, run: kubectl annotate --overwrite ` +
      `-n ${subject.namespace} ${subject.kind.toLowerCase()} ${subject.name} ${ANNOTATION_APPROVE_PLAN}=${digest}`,
  };
}
