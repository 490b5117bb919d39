// Generated from crds/*.yaml by `npm run generate`. Do not edit.

import { type Condition, type DeletionPolicy } from "./shared";

/** What the node stands for. */
export interface LynqNodeSpec {
  /** The row's uid. */
  uid: string;
  /** Name of the LynqForm, in the node's namespace. */
  templateRef: string;
  /** Name of the LynqHub, in the node's namespace. Absent on nodes that the Go operator left behind. */
  hubId?: string;
  /**
   * Name of the ControllerRevision with the content of the form that the node follows. Absent on nodes that the Go
   * operator left behind.
   */
  formRevision?: string;
  /**
   * ServiceAccount, in the node's namespace, that the operator acts as for everything that it writes or deletes for the
   * node. Absent where the form names none.
   */
  serviceAccountName?: string;
  /** When a rollout moved the node to its revision. Absent on a node that was made with it. */
  rolledOutAt?: string;
  /** The row's variables that are not sensitive. */
  values?: Record<string, string>;
  /** Secret with the row's sensitive variables. Absent when there are none. */
  sensitiveValuesRef?: SecretRef;
  /**
   * When the operator first saw that the row is not active any more. The node goes when the hub's
   * deactivationGracePeriod has passed, unless the row returns. Absent while the row is active.
   */
  inactiveSince?: string;
  /** True while the row's suspend column freezes the node. */
  suspended?: boolean;
  /** The form's resources, as they are called for this row. */
  resources?: NodeResource[];
  /**
   * Kinds that earlier revisions named while the node was not at rest, so that what was written in the moment before a
   * crash is found. Written by the operator; absent when there are none.
   */
  formerKinds?: FormerKind[];
}

/** Secret with the row's sensitive variables. Absent when there are none. */
export interface SecretRef {
  /** Name of a Secret in the node's namespace. */
  name: string;
}

/** One resource of the node. */
export interface NodeResource {
  /** Id of the resource in the form. */
  id: string;
  /** API version of the object. */
  apiVersion: string;
  /** Kind of the object. */
  kind: string;
  /** Namespace of the object. Absent for cluster-scoped kinds, and when it could not be rendered. */
  namespace?: string;
  /** Name of the object. Absent when it could not be rendered. */
  name?: string;
  /** True when includeWhen leaves the resource out for this row. */
  excluded?: boolean;
}

/** One kind. */
export interface FormerKind {
  /** API version of the kind. */
  apiVersion: string;
  /** The kind. */
  kind: string;
}

/** What exists for the node. Written by the operator. */
export interface LynqNodeStatus {
  /** Generation of the node that this status describes. */
  observedGeneration?: number;
  /** Revision of the form that was applied last. */
  formRevision?: string;
  /** Value of the annotation lynq.sh/reconcile-at that was answered last. */
  lastHandledReconcileAt?: string;
  /** Resources that should exist. */
  desiredResources?: number;
  /** Resources that are ready. */
  readyResources?: number;
  /** Resources that could not be rendered or written, or were not ready in time; conflicts count here, too. */
  failedResources?: number;
  /** Resources left out because one that they depend on has failed. */
  skippedResources?: number;
  /** Resources stopped because something else owns the object or one of its fields. */
  conflictedResources?: number;
  /** Ids of the skipped resources, sorted. */
  skippedResourceIds?: string[];
  /** The objects that exist for the node, as Kind/namespace/name@id, sorted. */
  appliedResources?: string[];
  /** Every object that the node has written and answers for. Only these are ever pruned or deleted. */
  inventory?: InventoryItem[];
  /** How far the clean-up is. Present while the node is being deleted. */
  deletion?: NodeDeletion;
  /**
   * Current state: Ready, Reconciling, Stalled, Progressing, Conflicted, Degraded; Suspended, Inactive, Pruning and
   * Contested while they hold.
   */
  conditions?: Condition[];
}

/** One object that the node has written. */
export interface InventoryItem {
  /** Id of the resource in the form. */
  id: string;
  /** API version of the object. */
  apiVersion: string;
  /** Kind of the object. */
  kind: string;
  /** Namespace of the object. Absent for cluster-scoped kinds. */
  namespace?: string;
  /** Name of the object. */
  name: string;
  /** UID of the object. Another object of the same name is not ours. */
  uid: string;
  /** What happens to the object when it is no longer wanted. */
  deletionPolicy: DeletionPolicy;
  /** True when creationPolicy is Once and the object is never to be changed again. */
  createdOnce?: boolean;
  /** Place in the order of dependencies, from 0. Deletion goes from the highest down. */
  wave: number;
  /** Digest of the object as it was last rendered and applied. */
  hash: string;
  /** Digest of the fields that the operator owned after the last apply. */
  ownedHash: string;
  /** When the operator last changed the object. timeoutSeconds counts from here. */
  appliedAt?: string;
  /** True when the object has been ready since the operator last changed it. */
  readyOnce?: boolean;
}

/** How far the clean-up is. Present while the node is being deleted. */
export interface NodeDeletion {
  /** When the node was asked to go. */
  since: string;
  /** Objects that the node answered for when its clean-up began. */
  total: number;
  /** Objects that are still there. */
  left: number;
  /** What the clean-up waits for now; the first few, in the order in which they go. */
  waitingFor?: DeletionWait[];
}

/** One object that is on its way out, or that the API server refuses to delete. */
export interface DeletionWait {
  /** Kind of the object. */
  kind: string;
  /** Namespace of the object. Absent for cluster-scoped kinds. */
  namespace?: string;
  /** Name of the object. */
  name: string;
  /** Since when it is being deleted. Absent for an object whose deletion is refused. */
  since?: string;
  /** Why it is still there. */
  message: string;
}
