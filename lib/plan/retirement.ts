import { type ExistingNode, type WantedForm, type WantedRows } from "./sync-plan";

/** How long nodes outlive their rows. */
export interface GracePeriod {
  /** 0 for not at all. */
  readonly ms: number;
  /** When the rows were read. A period that ended since then is not over: the row may be back. */
  readonly readAt: Date;
}

/** What the operator notes in a node's spec; `null` takes a note away. */
export interface NodeMark {
  readonly node: ExistingNode;
  readonly inactiveSince?: Date | null;
  readonly suspended?: true | null;
}

/** Nodes whose row, or whose form, is gone. */
export interface Retirement {
  /** Their time has come; the deletion guard decides. */
  readonly due: readonly ExistingNode[];
  /** Outlive their row for a while. */
  readonly waiting: readonly ExistingNode[];
  /** When the first of the waiting ones is due. */
  readonly nextDue: Date | undefined;
  readonly marks: readonly NodeMark[];
}

/**
 * Sorts nodes by whether they go.
 *
 * The clock of a node starts with the first complete read without its active row, and is in the node's spec, so that it survives us. It is taken
 * away when the row is back, valid or not. A form that is gone takes its nodes along at once: deleting it is a human's wish. What is frozen stays.
 */
export function planRetirement(
  rows: WantedRows,
  forms: ReadonlyMap<string, WantedForm>,
  nodes: readonly ExistingNode[],
  { ms, readAt }: GracePeriod,
): Retirement {
  const due: ExistingNode[] = [];
  const waiting: ExistingNode[] = [];
  const marks: NodeMark[] = [];
  let nextDue: Date | undefined;
  for (const node of nodes) {
    if (node.deleting || node.suspended === true || rows.suspendedUids?.has(node.recordUid) === true) continue;
    const form = forms.get(node.form);
    if (form?.suspended === true) continue;
    if (form !== undefined && (rows.records.has(node.recordUid) || rows.quarantinedUids.has(node.recordUid))) {
      if (node.inactiveSince !== undefined) marks.push({ node, inactiveSince: null });
      continue;
    }
    if (rows.quarantinedUids.has(node.recordUid)) continue;
    if (form === undefined || ms <= 0) {
      due.push(node);
      continue;
    }
    if (node.inactiveSince === undefined) marks.push({ node, inactiveSince: readAt });
    const end = new Date((node.inactiveSince ?? readAt).getTime() + ms);
    if (end <= readAt) {
      due.push(node);
      continue;
    }
    waiting.push(node);
    if (nextDue === undefined || end < nextDue) nextDue = end;
  }
  return { due, waiting, nextDue, marks };
}

/** What a row says of its nodes' suspension, noted where it differs from what the nodes say. */
export function suspensionMarks(rows: WantedRows, nodes: readonly ExistingNode[]): NodeMark[] {
  return nodes.flatMap(node => {
    const wanted = rows.suspendedUids?.has(node.recordUid) === true;
    if (node.deleting || wanted === (node.suspendedByRow === true)) return [];
    return [{ node, suspended: wanted ? true : null }];
  });
}
