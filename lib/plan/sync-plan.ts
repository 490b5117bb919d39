import { type NodeToRemove } from "./deletion-guard";
import { type GracePeriod, type NodeMark, planRetirement, suspensionMarks } from "./retirement";

/** A valid, active row. */
export interface WantedRecord {
  readonly uid: string;
  readonly values: ReadonlyMap<string, string>;
  /** The row freezes its nodes. */
  readonly suspended?: true;
}

/** What a complete read of the database gave. */
export interface WantedRows {
  readonly records: ReadonlyMap<string, WantedRecord>;
  /** Rows that could not become nodes; whatever runs for these uids is left alone. */
  readonly quarantinedUids: ReadonlySet<string>;
  /** Rows, active or not, that freeze their nodes. A row that is gone freezes nothing. */
  readonly suspendedUids?: ReadonlySet<string>;
}

export interface WantedForm {
  readonly name: string;
  /** Undefined when the form is invalid and has no revision: its nodes stay as they are. */
  readonly revision: string | undefined;
  /** Nodes that may be on their way to a new revision at once; 0 for all. */
  readonly maxSkew: number;
  /** Uids of rows whose changes wait for a human's yes: nothing is created or changed for them. */
  readonly withheld?: ReadonlySet<string>;
  /** Its nodes are neither made, changed nor removed for rows. */
  readonly suspended?: boolean;
}

/** A LynqNode as it is. */
export interface ExistingNode extends NodeToRemove {
  readonly form: string;
  readonly recordUid: string;
  readonly revision: string;
  readonly values: ReadonlyMap<string, string>;
  readonly deleting: boolean;
  /** Ready, observed at its current generation and revision. */
  readonly ready: boolean;
  /** Frozen by hand, by an annotation on the node. */
  readonly suspended?: boolean;
  /** The node says that its row freezes it. */
  readonly suspendedByRow?: boolean;
  /** Since when its row is not active any more, as the node says. */
  readonly inactiveSince?: Date | undefined;
}

export interface NodeCreation {
  readonly form: string;
  readonly revision: string;
  readonly record: WantedRecord;
}

export interface NodeUpdate {
  readonly node: ExistingNode;
  readonly revision: string;
  readonly record: WantedRecord;
  readonly because: "values" | "revision" | "both";
}

export interface SyncPlan {
  readonly creations: readonly NodeCreation[];
  readonly updates: readonly NodeUpdate[];
  readonly removals: readonly ExistingNode[];
  /** Outlive their row for a while. */
  readonly waiting: readonly ExistingNode[];
  /** When the first of the waiting ones is to be removed, if its row does not return. */
  readonly nextRemoval: Date | undefined;
  readonly marks: readonly NodeMark[];
  /** Nodes per form that wait for their turn in a rollout. */
  readonly throttled: ReadonlyMap<string, number>;
  /** Rows times forms. */
  readonly desired: number;
  /** Names of the forms that were looked at. */
  readonly forms: readonly string[];
}

/**
 * Compares rows times forms with the nodes that exist.
 *
 * A rollout (`maxSkew`) throttles revisions only: new rows start at once, and a change of values always passes, so that a broken node can be repaired
 * by its row. Removal needs a complete read; quarantined rows and forms without a revision remove nothing. Nothing is done for what is frozen.
 */
export function planSync(
  rows: WantedRows,
  forms: readonly WantedForm[],
  nodes: readonly ExistingNode[],
  grace: GracePeriod = { ms: 0, readAt: new Date(0) },
): SyncPlan {
  const byIdentity = new Map(nodes.map(node => [identity(node.form, node.recordUid), node]));
  const wantedForms = new Map(forms.map(form => [form.name, form]));
  const creations: NodeCreation[] = [];
  const updates: NodeUpdate[] = [];
  const throttled = new Map<string, number>();

  for (const form of [...forms].sort((a, b) => a.name.localeCompare(b.name))) {
    const { revision } = form;
    if (revision === undefined || form.suspended === true) continue;
    let slots = rolloutSlots(form, nodes);
    for (const uid of [...rows.records.keys()].sort()) {
      const record = rows.records.get(uid);
      if (record === undefined || form.withheld?.has(uid) === true) continue;
      const node = byIdentity.get(identity(form.name, uid));
      if (node === undefined) {
        creations.push({ form: form.name, revision, record });
        continue;
      }
      if (node.deleting || node.suspended === true || rows.suspendedUids?.has(uid) === true) continue;
      const valuesDiffer = !equalValues(node.values, record.values);
      const revisionDiffers = node.revision !== revision;
      const moves = revisionDiffers && slots > 0;
      if (moves) slots--;
      if (revisionDiffers && !moves) throttled.set(form.name, (throttled.get(form.name) ?? 0) + 1);
      if (moves || valuesDiffer) {
        updates.push({
          node,
          record,
          // A node of the Go operator names no revision; it gets the current one.
          revision: moves || node.revision === "" ? revision : node.revision,
          because: moves && valuesDiffer ? "both" : moves ? "revision" : "values",
        });
      }
    }
  }

  const { due, waiting, nextDue, marks } = planRetirement(rows, wantedForms, nodes, grace);
  return {
    creations,
    updates,
    removals: due,
    waiting,
    nextRemoval: nextDue,
    marks: [...marks, ...suspensionMarks(rows, nodes)],
    throttled,
    desired: rows.records.size * forms.length,
    forms: forms.map(form => form.name),
  };
}

/** The form as if every node could move at once: what a rollout comes to in the end. */
export function unthrottled(form: WantedForm): WantedForm {
  return { ...form, maxSkew: 0 };
}

function rolloutSlots(form: WantedForm, nodes: readonly ExistingNode[]): number {
  if (form.maxSkew <= 0) return Number.POSITIVE_INFINITY;
  const updating = nodes.filter(
    node => node.form === form.name && node.revision === form.revision && !node.ready && !isLeftAsItIs(node),
  ).length;
  return Math.max(0, form.maxSkew - updating);
}

/** Takes part in no rollout: frozen, or on its way out with its row. */
function isLeftAsItIs({ suspended, suspendedByRow, inactiveSince }: ExistingNode): boolean {
  return suspended === true || suspendedByRow === true || inactiveSince !== undefined;
}

function identity(form: string, recordUid: string): string {
  return `${form}\n${recordUid}`;
}

function equalValues(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}
