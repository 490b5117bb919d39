import { type NodeToRemove } from "./deletion-guard";
import { type GracePeriod, type NodeMark, planRetirement, suspensionMarks } from "./retirement";
import { decideRow } from "./row-decision";
import { planRollout, type RolloutProgress, type RolloutSituation } from "./rollout";
import { type RolloutNode } from "./rollout-row";

/** A valid, active row. */
export interface WantedRecord {
  readonly uid: string;
  readonly values: ReadonlyMap<string, string>;
  /** The row freezes its nodes. */
  readonly suspended?: true | undefined;
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
  /** Uids of rows whose changes wait for a human's yes: nothing is created or changed for them. */
  readonly withheld?: ReadonlySet<string>;
  /** Its nodes are neither made, changed nor removed for rows. */
  readonly suspended?: boolean;
  readonly rollout: WantedRollout;
}

/** How a form's newest revision is to spread, and how far it came. */
export interface WantedRollout extends Omit<RolloutSituation, "form" | "target" | "belongs" | "suspended"> {
  /** Whether a row with these values belongs to the step of that number, from 0, by its `when`. */
  readonly belongs: (step: number, uid: string, values: ReadonlyMap<string, string>) => boolean;
}

/** A LynqNode as it is. */
export interface ExistingNode extends NodeToRemove, RolloutNode {
  readonly form: string;
  readonly recordUid: string;
  readonly values: ReadonlyMap<string, string>;
  readonly deleting: boolean;
  /** Frozen by hand, by an annotation on the node. */
  readonly suspended?: boolean;
  /** The node says that its row freezes it. */
  readonly suspendedByRow?: boolean;
  /** Since when its row is not active any more, as the node says. */
  readonly inactiveSince?: Date | undefined;
}

/** What a sync takes for now. */
export interface SyncClock {
  /** In milliseconds. */
  readonly now: number;
  readonly grace?: GracePeriod;
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
  /** Where the rollout of each form stands. */
  readonly rollouts: ReadonlyMap<string, RolloutProgress>;
  /** When time alone moves a rollout on, in milliseconds; undefined when it does not. */
  readonly lookAgainAt: number | undefined;
  /** Rows times forms. */
  readonly desired: number;
  /** Names of the forms that were looked at. */
  readonly forms: readonly string[];
}

/**
 * Compares rows times forms with the nodes that exist.
 *
 * A rollout throttles revisions only: new rows start at once, and a change of values always passes, so that a broken node can be repaired
 * by its row. Removal needs a complete read; quarantined rows and forms without a revision remove nothing. Nothing is done for what is frozen.
 */
export function planSync(
  rows: WantedRows,
  forms: readonly WantedForm[],
  nodes: readonly ExistingNode[],
  { now, grace = { ms: 0, readAt: new Date(0) } }: SyncClock,
): SyncPlan {
  const byIdentity = new Map(nodes.map(node => [identity(node.form, node.recordUid), node]));
  const wantedForms = new Map(forms.map(form => [form.name, form]));
  const creations: NodeCreation[] = [];
  const updates: NodeUpdate[] = [];
  const rollouts = new Map<string, RolloutProgress>();
  const looks: number[] = [];

  const uids = [...rows.records.keys()].sort();
  for (const form of [...forms].sort((a, b) => a.name.localeCompare(b.name))) {
    const { revision } = form;
    if (revision === undefined) continue;
    const pairs = uids.flatMap(uid => {
      const record = rows.records.get(uid);
      const node = byIdentity.get(identity(form.name, uid));
      // What is frozen takes no part, and neither does a node on its way out: its row gets another.
      const isOut =
        node !== undefined && (node.deleting || node.suspended === true || rows.suspendedUids?.has(uid) === true);
      return record === undefined || isOut ? [] : [{ uid, record, node, withheld: form.withheld?.has(uid) === true }];
    });
    const { moves: moving, ...rollout } = planFormRollout(form, revision, pairs, now);
    rollouts.set(form.name, rollout.progress);
    if (rollout.lookAgainAt !== undefined) looks.push(rollout.lookAgainAt);
    if (form.suspended === true) continue;
    const moved = new Set(moving);
    const permit = { revision, moves: (uid: string) => moved.has(uid), ofNew: rollout.revisionOfNew };
    for (const { record, node, withheld } of pairs) {
      const decision = withheld ? undefined : decideRow(form.name, permit, record, node);
      if (decision?.action === "create") creations.push(decision.creation);
      if (decision?.action === "update") updates.push(decision.update);
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
    rollouts,
    lookAgainAt: looks.length === 0 ? undefined : Math.min(...looks),
    desired: rows.records.size * forms.length,
    forms: forms.map(form => form.name),
  };
}

/** The form as if every node could move at once: what a rollout comes to in the end. */
export function unthrottled(form: WantedForm): WantedForm {
  return { ...form, rollout: { ...form.rollout, settings: undefined } };
}

function planFormRollout(
  { name, rollout, suspended = false }: WantedForm,
  target: string,
  pairs: readonly { uid: string; record: WantedRecord; node: ExistingNode | undefined; withheld: boolean }[],
  now: number,
): ReturnType<typeof planRollout> {
  // A step chooses a node by what it has, so that the next look chooses the same.
  const values = new Map(pairs.map(({ uid, record, node }) => [uid, (node ?? record).values]));
  const belongs = (step: number, uid: string) => rollout.belongs(step, uid, values.get(uid) ?? new Map());
  return planRollout({ ...rollout, form: name, target, belongs, suspended }, pairs, now);
}

function identity(form: string, recordUid: string): string {
  return `${form}\n${recordUid}`;
}
