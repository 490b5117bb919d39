import { type FormerKind, type LynqNodeObject } from "../../crds";
import { entryGvk, gvkKey } from "./inventory";

/**
 * Kinds that a node may have written under the revisions that it leaves, and that the new one does not name. A write is on record only with the status
 * after it: until a node has come to rest, what it named counts as written, so that a crash in between hides nothing.
 *
 * @param atRest whether the node's status records everything that it wants, as it is now
 */
export function formerKinds(
  { spec }: Pick<LynqNodeObject, "spec">,
  next: readonly FormerKind[],
  atRest: boolean,
): FormerKind[] {
  if (atRest) return [];
  const named = new Set(next.map(kind => gvkKey(entryGvk(kind))));
  const former = new Map<string, FormerKind>();
  for (const { apiVersion, kind } of [...(spec.resources ?? []), ...(spec.formerKinds ?? [])]) {
    const key = gvkKey(entryGvk({ apiVersion, kind }));
    if (!named.has(key)) former.set(key, { apiVersion, kind });
  }
  return [...former.values()].sort((a, b) => (gvkKey(entryGvk(a)) < gvkKey(entryGvk(b)) ? -1 : 1));
}
