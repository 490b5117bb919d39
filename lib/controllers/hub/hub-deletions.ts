import { deletionGuardDefaults, type LynqHubObject, type LynqHubStatus } from "../../../crds";
import { ANNOTATION_APPROVE_DELETION } from "../../metadata";
import { type DeletionVerdict, type GuardLimits, judgeDeletions } from "../../plan/deletion-guard";
import { type ExistingNode, type SyncPlan } from "../../plan/sync-plan";
import { type InactiveNodes } from "../../status";

/**
 * What the hub's deletion guard lets go of the candidates.
 *
 * @param living how many nodes of the hub are not on their way out
 * @param status what is on record of what is held, and of what was approved
 */
export function judgeRemovals(
  hub: LynqHubObject,
  living: number,
  candidates: readonly ExistingNode[],
  status: LynqHubStatus | undefined,
): DeletionVerdict {
  return judgeDeletions({
    living,
    limits: limitsOf(hub),
    candidates,
    approval: hub.metadata.annotations?.[ANNOTATION_APPROVE_DELETION],
    standing: { heldTotal: status?.deletionHeld?.total, approved: status?.approvedDeletion },
  });
}

/** Nodes that outlive their rows, and whether the guard would hold them back if nothing changed until they are due. */
export function inactiveNodes(
  hub: LynqHubObject,
  living: number,
  { waiting, removals, nextRemoval }: SyncPlan,
): InactiveNodes | undefined {
  if (waiting.length === 0) return undefined;
  const { held } = judgeDeletions({
    living,
    limits: limitsOf(hub),
    candidates: [...waiting, ...removals],
    approval: undefined,
    standing: { heldTotal: undefined, approved: undefined },
  });
  return { count: waiting.length, nextDeletion: nextRemoval, willBeHeld: held !== undefined };
}

function limitsOf({ spec: { deletionGuard } }: LynqHubObject): GuardLimits {
  return { ...deletionGuardDefaults, ...deletionGuard };
}
