import { type Condition, type DeletionWait, type LynqNodeStatus, type NodeDeletion } from "../../crds";
import { appliedResourceName, type InventoryEntry } from "../plan/inventory";
import { type ConditionDraft, nextConditions } from "./condition";
import { type NodeStanding, standingConditions } from "./node-standing";
import { quotation } from "../readiness/quotation";
import { describeOutcomes, firstFew, type ResourceOutcome, type ResourceState, SPELLED_OUT } from "./outcome";

export interface NodeStatusInput {
  readonly generation: number;
  /** One for each resource of the node, excluded ones too; while deleting, one for each object that is left. */
  readonly outcomes: readonly ResourceOutcome[];
  /** What the node answers for after this pass. */
  readonly inventory: readonly InventoryEntry[];
  /** Revision of the form that was applied last. */
  readonly formRevision: string | undefined;
  readonly previousConditions: readonly Condition[];
  /** What the form does not want any more and is still there. */
  readonly unwanted?: readonly ResourceOutcome[];
  /** Objects of the node that other nodes want, too, and are refused: for people. */
  readonly contested?: readonly string[];
  /** While the node is being deleted: since when, and how many objects it had when the clean-up began. */
  readonly deleting?: { readonly since: string; readonly total: number };
  readonly standing?: NodeStanding;
}

/** What the conditions are made from. */
interface Situation {
  readonly desired: number;
  readonly ready: number;
  readonly failed: readonly ResourceOutcome[];
  readonly conflicted: readonly ResourceOutcome[];
  readonly skipped: readonly ResourceOutcome[];
  /** On the way without anybody's help. */
  readonly moving: readonly ResourceOutcome[];
  /** Were ready since the last change of ours, and are not any more. */
  readonly fallenBack: readonly ResourceOutcome[];
}

/** A conflict names every field; others need one sentence. */
const CONFLICT_LENGTH = 4_096;

const ASKED_AGAIN =
  "what is refused is tried again after 10 s, then ever less often, every 5 minutes at most; `lynq reconcile` tries it at once";

/**
 * The whole status of a node after a pass. Conditions and reasons are the Go operator's (its section 1.3) with kstatus' Reconciling and Stalled,
 * which are there only while they hold. Unlike there, an ordinary start is not Degraded, and conflicts alone are `ResourcesConflicted`.
 */
export function nodeStatus(input: NodeStatusInput, now: Date): LynqNodeStatus {
  const situation = assess(input);
  const { desired, ready, failed, conflicted, skipped } = situation;
  const { handledReconcileAt } = input.standing ?? {};
  return {
    observedGeneration: input.generation,
    ...(input.formRevision !== undefined && { formRevision: input.formRevision }),
    ...(handledReconcileAt !== undefined && { lastHandledReconcileAt: handledReconcileAt }),
    desiredResources: desired,
    readyResources: ready,
    failedResources: failed.length + conflicted.length,
    skippedResources: skipped.length,
    conflictedResources: conflicted.length,
    skippedResourceIds: skipped.map(outcome => outcome.id).sort(),
    appliedResources: input.inventory.map(appliedResourceName).sort(),
    inventory: [...input.inventory],
    ...(input.deleting !== undefined && { deletion: deletionProgress(input.outcomes, input.deleting) }),
    conditions: nextConditions(input.previousConditions, conditionsOf(situation, input), input.generation, now),
  };
}

function assess({ outcomes, inventory }: NodeStatusInput): Situation {
  const inState = (...states: ResourceState[]) => outcomes.filter(outcome => states.includes(outcome.state));
  const readyOnce = new Set(inventory.filter(entry => entry.readyOnce === true).map(appliedResourceName));
  return {
    desired: outcomes.length - inState("Excluded").length,
    ready: inState("Ready").length,
    failed: inState("Failed"),
    conflicted: inState("Conflicted"),
    skipped: inState("Skipped"),
    moving: inState("Progressing", "Blocked", "Deleting"),
    fallenBack: inState("Progressing").filter(
      ({ name, ...outcome }) => name !== undefined && readyOnce.has(appliedResourceName({ ...outcome, name })),
    ),
  };
}

function conditionsOf(
  situation: Situation,
  { deleting, standing = {}, unwanted = [], contested = [] }: NodeStatusInput,
): ConditionDraft[] {
  const suspended = standing.suspension !== undefined && deleting === undefined;
  const readiness = readyCondition(situation, deleting);
  const isMoving = deleting !== undefined || (!suspended && (situation.moving.length > 0 || retries(situation)));
  const isStuck = !isMoving && !suspended && readiness.status === "False";
  const progress = deleting !== undefined ? "resources are being deleted" : describeProgress(situation);
  return [
    readiness,
    isMoving
      ? { type: "Progressing", status: "True", reason: "Reconciling", message: progress }
      : { type: "Progressing", status: "False", reason: "ReconcileComplete", message: "nothing is in progress" },
    conflictedCondition(situation),
    degradedCondition(situation),
    ...pruningCondition(unwanted),
    ...contestedCondition(contested),
    ...standingConditions(standing),
    ...(isMoving
      ? [{ type: "Reconciling", status: "True", reason: readiness.reason, message: progress } as const]
      : []),
    ...(isStuck ? [stalledCondition(readiness, situation)] : []),
  ];
}

/** Says what the form dropped and is still there, and why; gone when nothing is left. */
function pruningCondition(unwanted: readonly ResourceOutcome[]): ConditionDraft[] {
  if (unwanted.length === 0) return [];
  const refused = unwanted.filter(({ state }) => state === "Failed");
  const going = unwanted.filter(({ state }) => state === "Deleting");
  const reason = refused.length > 0 ? "DeletionRefused" : going.length > 0 ? "Deleting" : "Kept";
  const told = refused.length > 0 ? refused : going.length > 0 ? going : unwanted;
  const left = unwanted.length === 1 ? "1 object is" : `${unwanted.length} objects are`;
  const message = `${left} no longer wanted; ${describeOutcomes(told)}`;
  return [{ type: "Pruning", status: "True", reason, message }];
}

/** The node itself is well: it is the others that do not get the object. */
function contestedCondition(contested: readonly string[]): ConditionDraft[] {
  if (contested.length === 0) return [];
  const reason = "ObjectClaimedByAnotherNode";
  return [{ type: "Contested", status: "True", reason, message: firstFew([...contested].sort()) }];
}

/** What others wait for comes last, and is not what the clean-up itself waits for. */
function deletionProgress(
  outcomes: readonly ResourceOutcome[],
  { since, total }: NonNullable<NodeStatusInput["deleting"]>,
): NodeDeletion {
  const waitingFor = outcomes
    .filter(({ state }) => state === "Deleting" || state === "Failed")
    .slice(0, SPELLED_OUT)
    .map(
      ({ kind, namespace, name = "", since: deletedAt, message }): DeletionWait => ({
        kind,
        ...(namespace === undefined ? {} : { namespace }),
        name,
        ...(deletedAt === undefined ? {} : { since: deletedAt }),
        message: quotation(message, CONFLICT_LENGTH),
      }),
    );
  return { since, total, left: outcomes.length, waitingFor };
}

function readyCondition(situation: Situation, deleting: { readonly total: number } | undefined): ConditionDraft {
  const { desired, ready, failed, conflicted, moving } = situation;
  const troubled = [...failed, ...conflicted];
  const details = describeOutcomes(troubled.length > 0 ? troubled : moving);
  const explained = (text: string) => (details === "" ? text : `${text}; ${details}`);
  if (deleting !== undefined) {
    const objects = deleting.total === 1 ? "object" : "objects";
    const left = `${desired} of ${deleting.total} ${objects} ${desired === 1 ? "is" : "are"} still to be deleted`;
    return { type: "Ready", status: "False", reason: "Deleting", message: explained(left) };
  }
  if (ready === desired) {
    const message = desired === 0 ? "no resources are wanted" : `${ready} of ${desired} resources are ready`;
    return { type: "Ready", status: "True", reason: "Reconciled", message };
  }
  const message = explained(`${ready} of ${desired} resources are ready`);
  return { type: "Ready", status: "False", reason: notReadyReason(situation), message };
}

/** Somebody has to do something; what was done is seen without being told, if not at once. */
function stalledCondition(readiness: ConditionDraft, { failed, conflicted }: Situation): ConditionDraft {
  const asked = conflicted.length > 0 || failed.some(({ reason }) => reason === "ApplyFailed");
  const message = asked ? `${readiness.message}; ${ASKED_AGAIN}` : readiness.message;
  return { ...readiness, type: "Stalled", status: "True", message };
}

function conflictedCondition({ conflicted }: Situation): ConditionDraft {
  if (conflicted.length === 0) {
    return { type: "Conflicted", status: "False", reason: "NoConflict", message: "no resource is in conflict" };
  }
  const message = describeOutcomes(conflicted, CONFLICT_LENGTH);
  return { type: "Conflicted", status: "True", reason: "ResourceConflict", message };
}

function notReadyReason({ failed, conflicted }: Situation): string {
  if (failed.length > 0 && conflicted.length > 0) return "ResourcesFailedAndConflicted";
  if (conflicted.length > 0) return "ResourcesConflicted";
  return failed.length > 0 ? "ResourcesFailed" : "NotAllResourcesReady";
}

function degradedCondition({ failed, conflicted, skipped, fallenBack }: Situation): ConditionDraft {
  const degraded = (reason: string, outcomes: readonly ResourceOutcome[]): ConditionDraft => ({
    type: "Degraded",
    status: "True",
    reason,
    message: describeOutcomes(outcomes),
  });
  if (failed.length > 0 && conflicted.length > 0) {
    return degraded("ResourceFailuresAndConflicts", [...failed, ...conflicted]);
  }
  if (conflicted.length > 0) return degraded("ResourceConflicts", conflicted);
  if (failed.length > 0) return degraded("ResourceFailures", failed);
  if (skipped.length > 0) return degraded("ResourceFailures", skipped);
  if (fallenBack.length > 0) return degraded("ResourcesNotReady", fallenBack);
  return { type: "Degraded", status: "False", reason: "Healthy", message: "no resource has failed" };
}

function retries({ failed, conflicted }: Situation): boolean {
  return [...failed, ...conflicted].some(outcome => outcome.retrying === true);
}

function describeProgress({ desired, moving }: Situation): string {
  return moving.length === 0
    ? "what has failed is tried again"
    : `${moving.length} of ${desired} resources are on the way`;
}
