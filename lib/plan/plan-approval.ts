import { createHash } from "node:crypto";
import { contentHash } from "../blueprint/content-hash";
import { type SyncPlan, type WantedRecord } from "./sync-plan";

/** What a sync would do with one node. */
export interface PlannedChange {
  readonly action: "Create" | "Update" | "Delete";
  readonly form: string;
  /** Uid of its row. */
  readonly row: string;
  readonly node: string;
  /** What an update changes: the row's values, or the form's revision. */
  readonly because?: "values" | "revision" | "both";
  /**
   * Stands for this node (name and UID) becoming this (revision and values), and nothing else. An update that is done in steps, its row first and its
   * revision when its turn has come, is one change all the way.
   */
  readonly key: string;
  /** Key of the creation that an update brings to its end: a rollout may start a new node with the content that is proven. */
  readonly completes?: string;
}

/** What waits for a human's yes. */
export interface PendingPlan {
  /** Names exactly this set of changes; approving it lets no other change pass. */
  readonly digest: string;
  readonly changes: readonly PlannedChange[];
}

/** Changes that a human let pass last; so that a restart goes on with them, and with nothing that came later. */
export interface ApprovedPlan {
  readonly digest: string;
  /** Keys of the changes that are left to do. */
  readonly changes: readonly string[];
}

export interface PlanCase {
  readonly changes: readonly PlannedChange[];
  /** The digest that a human approved, if any. */
  readonly approval: string | undefined;
  /** What the last judgement left behind; also when all of it is done. */
  readonly standing: ApprovedPlan | undefined;
}

export interface PlanVerdict {
  readonly pending: PendingPlan | undefined;
  readonly approved: ApprovedPlan | undefined;
}

/**
 * Everything that a sync plans for these forms, each change with its key.
 *
 * @param nodeOf name of the node that a row will get
 * @param hashKey keeps guesses at sensitive values from being tried against a published digest
 */
export function plannedChanges(
  { creations, updates, removals }: Pick<SyncPlan, "creations" | "updates" | "removals">,
  nodeOf: (form: string, row: string) => string,
  hashKey: string | undefined,
): PlannedChange[] {
  const becomes = (revision: string, { values }: WantedRecord) => [revision, Object.fromEntries(values)];
  const keyOf = (action: PlannedChange["action"], node: string, uid: string, target: unknown) =>
    contentHash([action, node, uid, target], hashKey);
  const change = (fields: Omit<PlannedChange, "key">, uid: string, target: unknown): PlannedChange => ({
    ...fields,
    key: keyOf(fields.action, fields.node, uid, target),
  });
  return [
    ...creations.map(({ form, record, revision }) => {
      const node = nodeOf(form, record.uid);
      return change({ action: "Create", form, row: record.uid, node }, "", becomes(revision, record));
    }),
    ...updates.map(({ node: { name, uid, form }, record, revision, because }) => {
      const target = becomes(revision, record);
      const completes = keyOf("Create", name, "", target);
      return change({ action: "Update", form, row: record.uid, node: name, because, completes }, uid, target);
    }),
    ...removals.map(({ name, uid, form, recordUid }) =>
      change({ action: "Delete", form, row: recordUid, node: name }, uid, null),
    ),
  ];
}

/**
 * Parts what a human has let pass from what waits. What was approved passes until it is done, also when other changes have come meanwhile: those are a
 * plan of their own.
 */
export function judgePlan({ changes, approval, standing }: PlanCase): PlanVerdict {
  const released = new Set(standing?.changes);
  const releaseOf = ({ key, completes }: PlannedChange) =>
    [key, completes].find(one => one !== undefined && released.has(one));
  const left = changes.flatMap(change => releaseOf(change) ?? []);
  const approved = standing === undefined ? undefined : { ...standing, changes: left };
  const waiting = changes.filter(change => releaseOf(change) === undefined);
  if (waiting.length === 0) return { pending: undefined, approved };
  const digest = planDigest(waiting, standing?.digest);
  if (approval === digest) {
    return { pending: undefined, approved: { digest, changes: changes.map(({ key }) => key) } };
  }
  return { pending: { digest, changes: waiting }, approved };
}

/**
 * 16 hex characters over the keys of a set of changes, and over the approval before it: the same changes another time are another plan, so that an
 * annotation that still stands lets nothing pass twice.
 */
function planDigest(changes: readonly PlannedChange[], before: string | undefined): string {
  const keys = changes.map(({ key }) => key).sort();
  return createHash("sha256")
    .update([before ?? "", ...keys].join("\n"))
    .digest("hex")
    .slice(0, 16);
}
