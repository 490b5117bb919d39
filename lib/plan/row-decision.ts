import { type ExistingNode, type NodeCreation, type NodeUpdate, type WantedRecord } from "./sync-plan";

/** What a rollout lets happen to the rows of a form. */
export interface RevisionPermit {
  /** The newest revision. */
  readonly revision: string;
  /** Whether the row's node, which has that revision, may move to it now. */
  readonly moves: (uid: string, from: string) => boolean;
  /** Revision that a row without a node starts with; undefined while nobody can say. */
  readonly ofNew: (uid: string) => string | undefined;
}

/** What is to be done for one row and form. */
export type RowDecision =
  | { readonly action: "create"; readonly creation: NodeCreation }
  | { readonly action: "update"; readonly update: NodeUpdate };

/**
 * Compares one row with its node, which is not on its way out.
 *
 * A rollout throttles revisions only: a change of values always passes, so that a broken node can be repaired by its row.
 */
export function decideRow(
  form: string,
  { revision, moves, ofNew }: RevisionPermit,
  record: WantedRecord,
  node: ExistingNode | undefined,
): RowDecision | undefined {
  const { uid } = record;
  if (node === undefined) {
    const first = ofNew(uid);
    return first === undefined ? undefined : { action: "create", creation: { form, revision: first, record } };
  }
  const isNew = !equalValues(node.values, record.values);
  const isMoving = moves(uid, node.revision);
  if (!isMoving && !isNew) return undefined;
  return {
    action: "update",
    update: {
      node,
      record,
      // A node of the Go operator names no revision; it gets the current one.
      revision: isMoving || node.revision === "" ? revision : node.revision,
      because: isMoving && isNew ? "both" : isMoving ? "revision" : "values",
    },
  };
}

function equalValues(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}
