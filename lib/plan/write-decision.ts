import { type ChildFact } from "./child";
import { type InventoryEntry } from "./inventory";

export interface WriteInput {
  readonly creationPolicy: "Once" | "WhenNeeded";
  /** Hash of the object as it should be. */
  readonly desiredHash: string;
  /** What we noted when we last wrote this object. */
  readonly entry: InventoryEntry | undefined;
  /** The live object, when it carries our labels. */
  readonly child: ChildFact | undefined;
  /** Somebody asked for it to be written again, whatever is known of it. */
  readonly anew?: boolean;
}

/**
 * - `create`: first contact; succeeds only if no such object exists, so nothing foreign is ever touched by it
 * - `apply`: the object is ours; write it, taking back fields that we own
 * - `wait`: it is being deleted; write again when it is gone
 * - `skip`: nothing to write
 */
export type WriteDecision =
  | { readonly action: "create"; readonly because: "new" | "deleted" }
  | { readonly action: "apply"; readonly because: "changed" | "drifted" | "unrecorded" | "asked" }
  | { readonly action: "wait" }
  | { readonly action: "skip" };

/** Whether and how one object is written. Reads nothing but facts: an unchanged object costs no request. */
export function decideWrite({ creationPolicy, desiredHash, entry, child, anew = false }: WriteInput): WriteDecision {
  // Not ours to note yet: what was pruned a moment ago is made again once it is gone.
  if (entry === undefined && child?.deleting === true) return { action: "wait" };
  if (creationPolicy === "Once" && (entry?.createdOnce === true || child?.createdOnce === true))
    return { action: "skip" };
  if (child === undefined) return { action: "create", because: entry === undefined ? "new" : "deleted" };
  if (child.deleting) return { action: "wait" };
  // Without a hash it was found, and never written from here.
  if (entry === undefined || entry.uid !== child.uid || entry.hash === "") {
    return child.writtenByUs ? { action: "apply", because: "unrecorded" } : { action: "create", because: "new" };
  }
  if (entry.hash !== desiredHash) return { action: "apply", because: "changed" };
  if (entry.ownedHash !== child.ownedHash) return { action: "apply", because: "drifted" };
  return anew ? { action: "apply", because: "asked" } : { action: "skip" };
}

/**
 * Whether an object that is made once, and never written again, is still to learn that its deletion policy has changed. Every other object learns it
 * with its next apply.
 */
export function mustLearnPolicy(
  wanted: { readonly creationPolicy: "Once" | "WhenNeeded"; readonly deletionPolicy: "Delete" | "Retain" },
  entry: InventoryEntry | undefined,
): boolean {
  return wanted.creationPolicy === "Once" && entry !== undefined && entry.deletionPolicy !== wanted.deletionPolicy;
}
