import { type KubernetesObject } from "../../lib/blueprint/object";
import { type ReferenceKind } from "../cluster/reference";

/** Something that the operator holds back until a human lets exactly it go. */
export interface PendingApproval {
  /** In a few words: `12 of 16 nodes would be deleted`. */
  readonly what: string;
  /** Names exactly this set. */
  readonly digest: string;
  /** Shown below `what`, a line each. */
  readonly details: readonly string[];
  /** Leads to the command: `If they are to go`. */
  readonly condition: string;
  /** The annotation that takes the digest. */
  readonly annotation: string;
}

/** One kind of approval: where it is found, and what waits for it. */
export interface ApprovalSource {
  readonly kind: ReferenceKind;
  /** What is held of the object; empty when nothing is. */
  pending(object: KubernetesObject): readonly PendingApproval[];
}
