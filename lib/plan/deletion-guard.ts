import { createHash } from "node:crypto";

/** Limits of one sync: held when it would remove more than both (docs/safety.md). */
export interface GuardLimits {
  readonly minCount: number;
  readonly maxPercent: number;
  readonly disabled: boolean;
}

export interface HeldDeletions {
  readonly count: number;
  readonly total: number;
  /** Names exactly this set; approving it lets no other set go. */
  readonly digest: string;
  readonly examples: readonly string[];
}

export interface NodeToRemove {
  readonly name: string;
  readonly uid: string;
}

/** A set that a human let go, until nothing of it is left; so an interrupted deletion goes on where it stopped. */
export interface ApprovedDeletion {
  readonly digest: string;
  /** UIDs of its nodes. */
  readonly nodes: readonly string[];
}

export interface DeletionCase {
  readonly candidates: readonly NodeToRemove[];
  /** Nodes of the hub that are not on their way out, before anything new is created. */
  readonly living: number;
  readonly limits: GuardLimits;
  /** The digest that a human approved, if any. */
  readonly approval: string | undefined;
  /** What the last judgement left behind: how many nodes there were when the hold began, and what was approved. */
  readonly standing: { readonly heldTotal: number | undefined; readonly approved: ApprovedDeletion | undefined };
}

export interface DeletionVerdict {
  readonly removable: ReadonlySet<string>;
  readonly held: HeldDeletions | undefined;
  readonly approved: ApprovedDeletion | undefined;
}

const EXAMPLES = 10;

/**
 * Decides which nodes of one sync may be deleted, by UID. An empty answer of the database is no special case: it is a sync that removes everything.
 *
 * While a hold stands, its total counts: nodes that are created meanwhile must not make the share look small.
 */
export function judgeDeletions({ candidates, living, limits, approval, standing }: DeletionCase): DeletionVerdict {
  const all = candidates.map(node => node.uid);
  if (limits.disabled) return { removable: new Set(all), held: undefined, approved: undefined };
  const released = new Set(standing.approved?.nodes);
  const rest = candidates.filter(node => !released.has(node.uid));
  const remaining = all.filter(uid => released.has(uid));
  const total = Math.min(living, standing.heldTotal ?? living);
  const approved =
    standing.approved === undefined || remaining.length === 0 ? undefined : { ...standing.approved, nodes: remaining };
  if (rest.length <= limits.minCount || rest.length * 100 <= total * limits.maxPercent) {
    return { removable: new Set(all), held: undefined, approved };
  }
  const digest = deletionDigest(rest);
  if (approval === digest) return { removable: new Set(all), held: undefined, approved: { digest, nodes: all } };
  const examples = rest
    .map(node => node.name)
    .sort()
    .slice(0, EXAMPLES);
  return { removable: new Set(remaining), held: { count: rest.length, total, digest, examples }, approved };
}

/** 16 hex characters over the sorted names and UIDs of a set of nodes. */
export function deletionDigest(nodes: readonly NodeToRemove[]): string {
  const lines = nodes.map(node => `${node.name}\n${node.uid}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex").slice(0, 16);
}
