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

const EXAMPLES = 10;

/**
 * Decides whether the nodes of one sync may be deleted. An empty answer of the database is no special case: it is a sync that removes everything.
 *
 * @param total nodes of the hub before the removal
 * @param approval the digest that a human approved, if any
 * @returns undefined when they may go
 */
export function holdDeletions(
  candidates: readonly NodeToRemove[],
  total: number,
  limits: GuardLimits,
  approval: string | undefined,
): HeldDeletions | undefined {
  if (limits.disabled) return undefined;
  if (candidates.length <= limits.minCount || candidates.length * 100 <= total * limits.maxPercent) return undefined;
  const digest = deletionDigest(candidates);
  if (approval === digest) return undefined;
  const names = candidates.map(node => node.name).sort();
  return { count: candidates.length, total, digest, examples: names.slice(0, EXAMPLES) };
}

/** 16 hex characters over the sorted names and UIDs of a set of nodes. */
export function deletionDigest(nodes: readonly NodeToRemove[]): string {
  const lines = nodes.map(node => `${node.name}\n${node.uid}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex").slice(0, 16);
}
