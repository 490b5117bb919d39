import { type LynqFormStatus, type PendingPlan, type RolloutStatus } from "../../crds";
import { quotation } from "../readiness/quotation";
import { type ConditionDraft, nextConditions } from "./condition";
import { firstFew } from "./outcome";
import { planCondition } from "./plan-status";
import { type RolloutInput, rolloutStatus } from "./rollout-status";

/** Nodes of a form, counted. */
export interface FormNodeCounts {
  readonly total: number;
  readonly ready: number;
  readonly failed: number;
  /** Have the newest revision. */
  readonly updated: number;
}

export interface FormStatusInput {
  readonly generation: number;
  /** Name of the ControllerRevision with the newest content. */
  readonly currentRevision: string | undefined;
  /** Why the form cannot be used, for people; empty when it is valid. */
  readonly problems: readonly string[];
  readonly nodes: FormNodeCounts;
  /** Nothing is written for its nodes. */
  readonly suspended?: boolean;
  /** Nodes that are in no count, since changes of the form do not reach them. */
  readonly leftAsTheyAre?: { readonly inactive: number; readonly suspended: number };
  /** The request to look again that is answered by now, if any. */
  readonly handledReconcileAt?: string | undefined;
  /** In mode Plan: what waits for approval. Outside of it, the field is left out. */
  readonly plan?: { readonly namespace: string; readonly name: string; readonly pending: PendingPlan | undefined };
  /** Undefined until the hub has looked at its rows: what is on record stays. */
  readonly rollout: RolloutInput | undefined;
  readonly previous: LynqFormStatus | undefined;
}

/** Problems that the Valid condition spells out. */
const SPELLED_OUT_PROBLEMS = 10;

/** The status of a form, but for what the hub's sync says of plans: the Go operator's Valid and Applied, and Ready, Reconciling and Stalled as kstatus reads them. */
export function formStatus(input: FormStatusInput, now: Date): LynqFormStatus {
  const { generation, currentRevision, nodes, handledReconcileAt, previous } = input;
  const { inactive, suspended } = input.leftAsTheyAre ?? { inactive: 0, suspended: 0 };
  const rollout = rolloutOf(input);
  const stableRevision = input.rollout?.progress.stable ?? previous?.stableRevision;
  return {
    observedGeneration: generation,
    ...(currentRevision !== undefined && { currentRevision }),
    ...(stableRevision !== undefined && { stableRevision }),
    totalNodes: nodes.total,
    readyNodes: nodes.ready,
    ...(inactive > 0 && { inactiveNodes: inactive }),
    ...(suspended > 0 && { suspendedNodes: suspended }),
    ...(handledReconcileAt !== undefined && { lastHandledReconcileAt: handledReconcileAt }),
    ...(rollout && { rollout }),
    conditions: nextConditions(previous?.conditions ?? [], conditionsOf(input, rollout), generation, now),
  };
}

function rolloutOf({ rollout, previous }: FormStatusInput): RolloutStatus | undefined {
  if (rollout === undefined) return previous?.rollout;
  return rollout.progress.governed ? rolloutStatus(rollout) : undefined;
}

function conditionsOf(
  { problems, nodes, suspended = false, plan }: FormStatusInput,
  rollout: RolloutStatus | undefined,
): ConditionDraft[] {
  const valid = validCondition(problems);
  const applied = appliedCondition(nodes);
  const waits = plan && planCondition({ kind: "LynqForm", ...plan }, plan.pending);
  const ready = readyCondition(valid, applied, nodes, rollout, waits);
  // Who is frozen is neither on the way nor stuck.
  const progress = suspended ? [SUSPENDED] : progressConditions(ready, nodes);
  return [ready, valid, applied, ...(waits === undefined ? [] : [waits]), ...progress, ...heldConditions(rollout)];
}

/** There while it holds, and until the rollout that it held is complete. */
function heldConditions(rollout: RolloutStatus | undefined): ConditionDraft[] {
  if (rollout === undefined || rollout.phase === "Idle" || rollout.phase === "Complete") return [];
  return rollout.phase === "Held"
    ? [{ type: "RolloutHeld", status: "True", reason: "FailureBudgetExceeded", message: rollout.message ?? "" }]
    : [
        {
          type: "RolloutHeld",
          status: "False",
          reason: "WithinFailureBudget",
          message: "no more nodes have failed than the failure budget lets pass",
        },
      ];
}

const SUSPENDED: ConditionDraft = {
  type: "Suspended",
  status: "True",
  reason: "FormSuspended",
  message:
    "spec.suspend: the form's nodes are not created, changed, healed, rolled out, or deleted for their rows until it is false",
};

/** Stalled when only people can help: the form, the rollout, or every node that is not ready has failed. */
function progressConditions(ready: ConditionDraft, nodes: FormNodeCounts): ConditionDraft[] {
  if (ready.status === "True") return [];
  const moves =
    ["RolloutInProgress", "RolloutPaused", "PlanPending"].includes(ready.reason) ||
    (ready.reason === "NotAllNodesReady" && nodes.ready + nodes.failed < nodes.total);
  return [{ ...ready, type: moves ? "Reconciling" : "Stalled", status: "True" }];
}

function validCondition(problems: readonly string[]): ConditionDraft {
  return problems.length === 0
    ? { type: "Valid", status: "True", reason: "ValidationPassed", message: "the form passed all checks" }
    : {
        type: "Valid",
        status: "False",
        reason: "ValidationFailed",
        message: firstFew(
          problems.map(problem => quotation(problem, 512)),
          SPELLED_OUT_PROBLEMS,
        ),
      };
}

function appliedCondition({ total, ready, failed }: FormNodeCounts): ConditionDraft {
  if (total === 0)
    return { type: "Applied", status: "False", reason: "NoNodes", message: "no active row uses the form" };
  const message = `${ready}/${total} nodes ready${failed > 0 ? `, ${failed} failed` : ""}`;
  return ready === total
    ? { type: "Applied", status: "True", reason: "AllNodesReady", message }
    : { type: "Applied", status: "False", reason: "NotAllNodesReady", message };
}

/** A form without rows is ready for them; one whose change has not reached every node is not, however well the nodes run. */
function readyCondition(
  valid: ConditionDraft,
  applied: ConditionDraft,
  nodes: FormNodeCounts,
  rollout: RolloutStatus | undefined,
  plan: ConditionDraft | undefined,
): ConditionDraft {
  if (valid.status === "False") return { ...valid, type: "Ready" };
  const not = (reason: string, message = ""): ConditionDraft => ({ type: "Ready", status: "False", reason, message });
  if (rollout?.phase === "Failed") return not("ProgressDeadlineExceeded", rollout.message);
  if (rollout?.phase === "Held") return not("RolloutHeld", rollout.message);
  if (nodes.updated < nodes.total) {
    if (plan?.status === "True") return not("PlanPending", plan.message);
    if (rollout?.phase === "Paused") return not("RolloutPaused", rollout.message);
    return not("RolloutInProgress", `${nodes.updated} of ${nodes.total} nodes are updated`);
  }
  return { ...applied, type: "Ready", status: applied.reason === "NotAllNodesReady" ? "False" : "True" };
}
