/**
 * A number, or a percentage of `total`, as a number of nodes.
 *
 * @param setting a whole number, or a text such as `10%`
 */
function nodesOf(setting: number | string, total: number, round: "up" | "down"): number {
  if (typeof setting === "number") return setting;
  const share = (Number(setting.replace(/%$/, "")) * total) / 100;
  return round === "up" ? Math.ceil(share) : Math.floor(share);
}

/** How many nodes may be updating at a time. A percentage is rounded up, and never less than one, so that every rollout moves; 0 is no limit. */
export function skewLimit(maxSkew: number | string, total: number): number {
  if (maxSkew === 0) return Number.POSITIVE_INFINITY;
  return Math.max(1, nodesOf(maxSkew, total, "up"));
}

/**
 * How many nodes with the newest content may have failed. A percentage is of the nodes that have it, rounded down, so that a small group is not
 * judged by the size of the whole. Left out, steps are proven by ready nodes only, and without steps nothing is held.
 */
export function failureLimit(budget: number | string | undefined, updated: number, steps: number): number {
  if (budget === undefined) return steps > 0 ? 0 : Number.POSITIVE_INFINITY;
  return nodesOf(budget, updated, "down");
}
