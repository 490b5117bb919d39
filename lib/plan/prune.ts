import { type GroupVersionKind } from "../blueprint/object";
import { type ChildFact } from "./child";
import { entryGvk, entryKey, type InventoryEntry, objectKey } from "./inventory";

/** One object that a node no longer wants. */
export interface Removal {
  readonly key: string;
  readonly id: string;
  readonly gvk: GroupVersionKind;
  readonly namespace: string | undefined;
  readonly name: string;
  /** Only the object with this UID is deleted. */
  readonly uid: string;
  readonly deletionPolicy: "Delete" | "Retain";
  /** Dependency level; higher goes first. */
  readonly wave: number;
}

/** Objects without a recorded level go first: nothing that is kept can depend on them. */
const UNKNOWN_WAVE = Number.MAX_SAFE_INTEGER;

/**
 * Everything that belongs to a node: what its inventory lists, and what carries its labels and was written by us (the crash window between a write
 * and the status that records it). An object whose deletion policy is not known is retained, never deleted.
 */
export function belongings(inventory: readonly InventoryEntry[], children: readonly ChildFact[]): Removal[] {
  const removals = new Map<string, Removal>();
  for (const entry of inventory) {
    const key = entryKey(entry);
    removals.set(key, {
      key,
      id: entry.id,
      gvk: entryGvk(entry),
      namespace: entry.namespace,
      name: entry.name,
      uid: entry.uid,
      deletionPolicy: entry.deletionPolicy,
      wave: entry.wave,
    });
  }
  for (const child of children) {
    const key = objectKey(child.gvk, child.namespace, child.name);
    const known = removals.get(key);
    if (!child.writtenByUs || (known !== undefined && known.uid === child.uid)) continue;
    removals.set(key, {
      key,
      id: known?.id ?? "",
      gvk: child.gvk,
      namespace: child.namespace,
      name: child.name,
      uid: child.uid,
      deletionPolicy: child.deletionPolicy ?? "Retain",
      wave: known?.wave ?? UNKNOWN_WAVE,
    });
  }
  return keepNamespaces([...removals.values()]).sort((a, b) => b.wave - a.wave || a.key.localeCompare(b.key));
}

/** A namespace takes everything in it along: one that holds an object to be retained is retained itself. */
function keepNamespaces(removals: readonly Removal[]): Removal[] {
  const kept = new Set(
    removals.flatMap(({ deletionPolicy, namespace }) => (deletionPolicy === "Retain" ? [namespace] : [])),
  );
  return removals.map(removal =>
    isNamespace(removal.gvk) && kept.has(removal.name) ? { ...removal, deletionPolicy: "Retain" } : removal,
  );
}

export function isNamespace({ group, kind }: Pick<GroupVersionKind, "group" | "kind">): boolean {
  return group === "" && kind === "Namespace";
}

export interface PruneInput {
  readonly belongings: readonly Removal[];
  /** Keys of the objects that the node wants now, by resource id. */
  readonly desired: ReadonlyMap<string, string>;
  /** Ids whose desired object could not be named (render error): whatever they own stays. */
  readonly unresolvedIds: ReadonlySet<string>;
  /** True when every wanted object is written. */
  readonly everythingApplied: boolean;
  readonly readyIds: ReadonlySet<string>;
}

/**
 * What may be removed now. Objects are compared by what they are, never by resource id, so a renamed id or a moved list entry removes nothing.
 * Nothing goes before everything wanted is written, and an object that is replaced under a new name stays until its successor is ready.
 */
export function planPrune(input: PruneInput): Removal[] {
  if (!input.everythingApplied || input.unresolvedIds.size > 0) return [];
  const wanted = new Set(input.desired.values());
  return input.belongings.filter(removal => {
    if (wanted.has(removal.key)) return false;
    const replacedBy = input.desired.get(removal.id);
    return replacedBy === undefined || input.readyIds.has(removal.id);
  });
}
