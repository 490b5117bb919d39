import { type GroupVersionKind } from "../../blueprint/object";
import { gvkKey } from "../../plan/inventory";
import { type Children, KindNotWatchableError } from "./children";
import { type PreparedResource } from "./node-resources";

/**
 * Follows every kind that the node has, wants or may have written. A resource whose kind cannot be followed fails alone; without all kinds that it has
 * or wants nothing is pruned.
 */
export async function followKinds(
  children: Children,
  prepared: readonly PreparedResource[],
  written: readonly GroupVersionKind[],
  named: readonly GroupVersionKind[],
): Promise<{ prepared: readonly PreparedResource[]; complete: boolean }> {
  const wanted = prepared.flatMap(one => (one.kind === "wanted" ? [one.compiled.gvk] : []));
  const needed = new Set([...wanted, ...written].map(gvkKey));
  const kinds = new Map([...named, ...wanted, ...written].map(gvk => [gvkKey(gvk), gvk]));
  const refused = new Map<string, string>();
  await Promise.all(
    [...kinds].map(async ([key, gvk]) => {
      try {
        await children.watch(gvk);
      } catch (error) {
        if (!(error instanceof KindNotWatchableError)) throw error;
        if (needed.has(key)) refused.set(key, error.message);
      }
    }),
  );
  if (refused.size === 0) return { prepared, complete: true };
  return {
    complete: false,
    prepared: prepared.map(one => {
      const message = one.kind === "wanted" ? refused.get(gvkKey(one.compiled.gvk)) : undefined;
      if (message === undefined) return one;
      const { compiled } = one;
      return { kind: "failed", compiled, reason: "KindNotWatchable", message: `${compiled.path}.spec: ${message}` };
    }),
  };
}
