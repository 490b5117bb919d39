import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../../crds";
import { isSuspendedByHand } from "../../plan/suspension";
import { type ExistingNode, type WantedForm, type WantedRecord, type WantedRows } from "../../plan/sync-plan";
import { type RowTable } from "../../record/row-table";
import { findCondition, nodeHealth } from "../../status";
import { type SensitiveValues } from "../node-values";
import { type Revision } from "../form/revisions";

/** A form as it would be in the end, however its rollout goes about it. */
export function settledForm(form: LynqFormObject, revision: Pick<Revision, "name">): WantedForm {
  const { name = "", generation = 0 } = form.metadata;
  return {
    name,
    revision: revision.name,
    suspended: form.spec.suspend === true,
    rollout: {
      generation,
      settings: undefined,
      stable: undefined,
      previous: undefined,
      approval: undefined,
      belongs: () => false,
    },
  };
}

/**
 * Rows as a sync compares them with nodes: a copy of one moment, since the table goes on while a pass waits for something.
 *
 * @param uids only these; all when left out
 */
export function wantedRows(table: RowTable, uids: Iterable<string> = table.uids()): WantedRows {
  const records = new Map<string, WantedRecord>();
  for (const uid of uids) {
    const record = table.record(uid);
    if (record !== undefined) records.set(uid, record);
  }
  return {
    records,
    quarantinedUids: new Set(table.quarantinedUids),
    suspendedUids: new Set(table.suspendedUids),
  };
}

/**
 * A node as a sync compares it with its row.
 *
 * @param sensitive content of the node's Secret, if it has one
 */
export function existingNode(
  hub: LynqHubObject,
  node: LynqNodeObject,
  sensitive: Pick<SensitiveValues, "values"> | undefined,
): ExistingNode {
  const secret = new Set(hub.spec.sensitiveValues);
  const { name = "", uid = "", generation, creationTimestamp, deletionTimestamp } = node.metadata;
  const { rolledOutAt } = node.spec;
  const health = nodeHealth(generation, node.status);
  const conditions = node.status?.conditions;
  const since = [rolledOutAt ?? creationTimestamp, findCondition(conditions, "Ready")?.lastTransitionTime];
  return {
    name,
    uid,
    form: node.spec.templateRef,
    recordUid: node.spec.uid,
    revision: node.spec.formRevision ?? "",
    // A value counts only where it belongs, so that one which becomes sensitive moves out of the node's spec.
    values: new Map([
      ["uid", node.spec.uid],
      ...Object.entries(node.spec.values ?? {}).filter(([variable]) => !secret.has(variable)),
      ...[...(sensitive?.values ?? [])].filter(([variable]) => secret.has(variable)),
    ]),
    deleting: deletionTimestamp !== undefined,
    suspended: isSuspendedByHand(node),
    suspendedByRow: node.spec.suspended === true,
    inactiveSince: node.spec.inactiveSince === undefined ? undefined : new Date(node.spec.inactiveSince),
    ready: health === "Ready" && node.status?.formRevision === node.spec.formRevision,
    // Sensitive values come a moment after the node that they belong to.
    failed: health === "Failed" && findCondition(conditions, "Degraded")?.reason !== "VariablesBuildError",
    rolledOut: rolledOutAt !== undefined,
    since: Math.max(...since.map(time => Date.parse(time ?? "") || 0)),
  };
}
