import { formatApiVersion, type GroupVersionKind } from "../blueprint/object";
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

/** Objects without a recorded level go first: nothing that is kept can depend on them. Namespaces go last, after what is in them. */
const UNKNOWN_WAVE = Number.MAX_SAFE_INTEGER;

/**
 * Everything that belongs to a node: what its inventory lists, and what carries its labels and was written by us (the crash window between a write
 * and the status that records it), or by the Go operator before us. An object whose deletion policy is not known is retained, never deleted.
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
    if (!(child.writtenByUs || child.writtenByPredecessor) || (known !== undefined && known.uid === child.uid))
      continue;
    removals.set(key, {
      key,
      id: known?.id ?? "",
      gvk: child.gvk,
      namespace: child.namespace,
      name: child.name,
      uid: child.uid,
      deletionPolicy: child.deletionPolicy ?? "Retain",
      wave: known?.wave ?? (isNamespace(child.gvk) ? 0 : UNKNOWN_WAVE),
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

/** An object that is not wanted any more, and why it must stay for now, if it must. */
export interface Unwanted extends Removal {
  /** For people, after "is kept: "; undefined when it may go. */
  readonly hold: string | undefined;
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
  /** Ids of the resources that name this one in dependIds. */
  readonly dependents: (id: string) => readonly string[];
}

/**
 * What the node does not want any more, in the order in which it goes: what depends on others first. Objects are compared by what they are, never by
 * resource id, so a renamed id or a moved list entry removes nothing. Nothing goes before everything wanted is written, and an object that is replaced
 * under a new name stays until its successor, and everything that depends on it, is ready.
 */
export function planPrune(input: PruneInput): Unwanted[] {
  const wanted = new Set(input.desired.values());
  return input.belongings
    .filter(({ key, id }) => !wanted.has(key) && !input.unresolvedIds.has(id))
    .map(removal => ({ ...removal, hold: holdOf(removal.id, input) }));
}

function holdOf(id: string, input: PruneInput): string | undefined {
  const [unresolved] = input.unresolvedIds;
  if (unresolved !== undefined) return `what ${unresolved} is called is not known`;
  if (!input.everythingApplied) return "not everything that is wanted is written yet";
  if (!input.desired.has(id)) return undefined;
  const waitsFor = [id, ...allDependents(id, input.dependents)].find(
    one => input.desired.has(one) && !input.readyIds.has(one),
  );
  return waitsFor === undefined ? undefined : `${waitsFor} is not ready yet`;
}

function allDependents(id: string, dependents: PruneInput["dependents"]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const dependent of dependents(next)) {
      if (found.has(dependent)) continue;
      found.add(dependent);
      open.push(dependent);
    }
  }
  return found;
}

/**
 * An object that is in no inventory yet as an entry of it, so that it is found again whatever kinds the next revision names. It was never written from
 * here: its hashes are those of nothing.
 */
export function strayEntry(
  { id, gvk, namespace, name, uid, deletionPolicy, wave }: Removal,
  waves: number,
): InventoryEntry {
  return {
    id,
    apiVersion: formatApiVersion(gvk),
    kind: gvk.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    deletionPolicy,
    wave: Math.min(wave, waves),
    hash: "",
    ownedHash: "",
  };
}
