import { deletionGuardDefaults, type LynqHubObject, type LynqHubStatus, type LynqNodeObject } from "../../../crds";
import { ANNOTATION_APPROVE_DELETION } from "../../metadata";
import { type DeletionCase, type DeletionVerdict, judgeDeletions } from "../../plan/deletion-guard";
import { type ExistingNode, type SyncPlan } from "../../plan/sync-plan";
import { type InactiveNodes } from "../../status";

/**
 * What the hub's deletion guard lets go of the candidates.
 *
 * @param nodes all nodes of the hub
 * @param status what is on record of what is held, and of what was approved
 */
export function judgeRemovals(
  hub: LynqHubObject,
  nodes: readonly LynqNodeObject[],
  candidates: readonly ExistingNode[],
  status: LynqHubStatus | undefined,
): DeletionVerdict {
  return judgeDeletions({
    ...boundsOf(hub, nodes),
    candidates,
    approval: hub.metadata.annotations?.[ANNOTATION_APPROVE_DELETION],
    standing: { heldTotal: status?.deletionHeld?.total, approved: status?.approvedDeletion },
  });
}

/** Nodes that outlive their rows, and whether the guard would hold them back if nothing changed until they are due. */
export function inactiveNodes(
  hub: LynqHubObject,
  nodes: readonly LynqNodeObject[],
  { waiting, removals, nextRemoval }: SyncPlan,
): InactiveNodes | undefined {
  if (waiting.length === 0) return undefined;
  const { held } = judgeDeletions({
    ...boundsOf(hub, nodes),
    candidates: [...waiting, ...removals],
    approval: undefined,
    standing: { heldTotal: undefined, approved: undefined },
  });
  return { count: waiting.length, nextDeletion: nextRemoval, willBeHeld: held !== undefined };
}

function boundsOf(
  { spec: { deletionGuard } }: LynqHubObject,
  nodes: readonly LynqNodeObject[],
): Pick<DeletionCase, "living" | "limits"> {
  return {
    living: nodes.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length,
    limits: { ...deletionGuardDefaults, ...deletionGuard },
  };
}
