// Generated from crds/*.yaml by `npm run generate`. Do not edit.

import { type ApprovedPlan, type Condition, type DeletionPolicy, type Mode, type PendingPlan } from "./shared";

/** Whose rows the form serves, and what each of them gets. */
export interface LynqFormSpec {
  /** Name of the LynqHub, in the form's namespace. It cannot be changed later. */
  hubId: string;
  /**
   * Language of the form's templates. gotemplate is Go's text/template with Sprig's functions; mustache is Mustache
   * without escaping, partials and lambdas. Left out, it is gotemplate.
   */
  templateEngine?: TemplateEngine;
  /**
   * ServiceAccount, in the form's namespace, that the operator acts as for everything that it writes or deletes for the
   * form. Left out, the operator writes with its own rights.
   */
  serviceAccountName?: string;
  /**
   * Apply carries changes out as they come. Plan changes nothing: it tells in status.plan what would be done with the
   * form's nodes, and waits until exactly that is approved. What already runs is kept as it is, and healed.
   */
  mode?: Mode;
  /**
   * Freezes the form: its nodes are not created, changed, healed, rolled out, or deleted for their rows. Deleting a
   * node, the form or the hub is carried out.
   */
  suspend?: boolean;
  /** How a change of the form spreads over existing nodes. New rows never wait for it. */
  rollout?: RolloutSettings;
  /** Old revisions of the form that are kept. A revision that a node still uses is kept anyway. */
  revisionHistoryLimit?: number;
  /** ServiceAccounts that each node gets. */
  serviceAccounts?: FormResource[];
  /** Deployments that each node gets. */
  deployments?: FormResource[];
  /** StatefulSets that each node gets. */
  statefulSets?: FormResource[];
  /** DaemonSets that each node gets. */
  daemonSets?: FormResource[];
  /** Services that each node gets. */
  services?: FormResource[];
  /** Ingresses that each node gets. */
  ingresses?: FormResource[];
  /** ConfigMaps that each node gets. */
  configMaps?: FormResource[];
  /** Secrets that each node gets. */
  secrets?: FormResource[];
  /** PersistentVolumeClaims that each node gets. */
  persistentVolumeClaims?: FormResource[];
  /** Jobs that each node gets. */
  jobs?: FormResource[];
  /** CronJobs that each node gets. */
  cronJobs?: FormResource[];
  /** PodDisruptionBudgets that each node gets. */
  podDisruptionBudgets?: FormResource[];
  /** NetworkPolicies that each node gets. */
  networkPolicies?: FormResource[];
  /** HorizontalPodAutoscalers that each node gets. */
  horizontalPodAutoscalers?: FormResource[];
  /** Namespaces that each node gets. */
  namespaces?: FormResource[];
  /** Objects of any kind, namespaced or cluster-scoped, that each node gets. */
  manifests?: FormResource[];
}

/** What the API server fills in where a field is left out. */
export const lynqFormSpecDefaults = {
  mode: "Apply",
  suspend: false,
  revisionHistoryLimit: 10,
} as const satisfies Partial<LynqFormSpec>;

export type TemplateEngine = "gotemplate" | "mustache";

/** How a change of the form spreads over existing nodes. New rows never wait for it. */
export interface RolloutSettings {
  /**
   * Most nodes that may be updating at a time. A number, or a percentage of the form's nodes such as 10%, rounded up; 0
   * is no limit.
   */
  maxSkew?: number | string;
  /**
   * Seconds without progress after which the rollout's phase is Failed; and seconds that a node may take to become
   * ready, before it counts as failed and no longer as updating.
   */
  progressDeadlineSeconds?: number;
  /** Whether no node moves to the newest content. Rows that change or are new are served all the same. */
  paused?: boolean;
  /**
   * Nodes with the newest content that may have failed before no further node moves, as a number or a percentage of the
   * nodes that have it such as 5%, rounded down. Left out, it is 0 with steps, and no limit without.
   */
  failureBudget?: number | string;
  /**
   * Groups of nodes that move one after the other, each once the one before it is ready and its pause is over. All
   * other nodes follow after the last step.
   */
  steps?: RolloutStep[];
}

/** What the API server fills in where a field is left out. */
export const rolloutSettingsDefaults = {
  maxSkew: 0,
  progressDeadlineSeconds: 600,
  paused: false,
} as const satisfies Partial<RolloutSettings>;

/** A group of nodes, and how long to wait after it. It has either when or percent. */
export interface RolloutStep {
  /** What status and messages call the step. Left out, it is its when or percent. */
  name?: string;
  /** Template over the row's variables that renders to true or false. Rows where it is true belong to the step. */
  when?: string;
  /**
   * Percentage of the form's nodes that have moved when the step is done, those of earlier steps included, rounded up.
   */
  percent?: number;
  /** What to wait for once the nodes of the step are ready. With both, both. */
  pause?: RolloutPause;
}

/** What to wait for once the nodes of the step are ready. With both, both. */
export interface RolloutPause {
  /** Seconds to wait. */
  seconds?: number;
  /** Whether a human has to approve, by lynq rollout resume or the annotation lynq.sh/approve-step. */
  approval?: boolean;
}

/** What the API server fills in where a field is left out. */
export const rolloutPauseDefaults = {
  approval: false,
} as const satisfies Partial<RolloutPause>;

/** One resource that every node of the form gets. */
export interface FormResource {
  /** Name of the resource within the form, unique across all lists. */
  id: string;
  /**
   * The whole Kubernetes object with apiVersion and kind. Every text in it may be a template; its name, namespace,
   * labels and annotations may also be given by the fields beside it.
   */
  spec: Record<string, unknown>;
  /** Language of this resource's templates. Left out, it is the form's. */
  templateEngine?: TemplateEngine;
  /** Ids of resources that go first. With their waitForReady, they must be ready, too. */
  dependIds?: string[];
  /** Whether the resource is left out when one that it depends on has failed. */
  skipOnDependencyFailure?: boolean;
  /** WhenNeeded keeps the object as the form says; Once creates it and never changes it again. */
  creationPolicy?: CreationPolicy;
  /** Delete removes the object with its node or when it leaves the form; Retain keeps it and marks it as orphaned. */
  deletionPolicy?: DeletionPolicy;
  /** Stuck stops at an object or field that something else owns; Force takes it over. */
  conflictPolicy?: ConflictPolicy;
  /** Template of the object's name. Left out, spec.metadata.name is the name. */
  nameTemplate?: string;
  /**
   * Template of the object's namespace. May be given as targetNamespace or as namespaceTemplate; left out, it is
   * spec.metadata.namespace, or else the node's namespace.
   */
  targetNamespace?: string;
  /**
   * Template of the object's namespace. May be given as targetNamespace or as namespaceTemplate; left out, it is
   * spec.metadata.namespace, or else the node's namespace.
   */
  namespaceTemplate?: string;
  /** Labels added to spec.metadata.labels. Values are templates. */
  labelsTemplate?: Record<string, string>;
  /** Annotations added to spec.metadata.annotations. Values are templates. */
  annotationsTemplate?: Record<string, string>;
  /**
   * Template that renders to true or false. Where it is false, the node does not get the resource. Left out or empty,
   * every node gets it.
   */
  includeWhen?: string;
  /** Whether dependents wait, and the node counts as ready, only once the object is ready. */
  waitForReady?: boolean;
  /**
   * Go template over the live object, such as {{ eq .status.phase "Running" }}, that renders to true when the object is
   * ready. Left out, the rule for its kind decides.
   */
  readyWhen?: string;
  /** Seconds after a change within which the object must be ready, or it has failed. */
  timeoutSeconds?: number;
  /** How the object is written. apply is server-side apply, merge a JSON merge patch, replace a whole update. */
  patchStrategy?: PatchStrategy;
  /** Fields that are set on creation and then left to others. */
  ignoreFields?: string[];
}

/** What the API server fills in where a field is left out. */
export const formResourceDefaults = {
  skipOnDependencyFailure: true,
  creationPolicy: "WhenNeeded",
  deletionPolicy: "Delete",
  conflictPolicy: "Stuck",
  waitForReady: true,
  timeoutSeconds: 300,
  patchStrategy: "apply",
} as const satisfies Partial<FormResource>;

/** WhenNeeded keeps the object as the form says; Once creates it and never changes it again. */
export type CreationPolicy = "Once" | "WhenNeeded";

/** Stuck stops at an object or field that something else owns; Force takes it over. */
export type ConflictPolicy = "Force" | "Stuck";

/** How the object is written. apply is server-side apply, merge a JSON merge patch, replace a whole update. */
export type PatchStrategy = "apply" | "merge" | "replace";

/** How far the form has reached its nodes. Written by the operator. */
export interface LynqFormStatus {
  /** Generation of the form that this status describes. */
  observedGeneration?: number;
  /** Name of the ControllerRevision that holds the newest content of the form. */
  currentRevision?: string;
  /** What waits for approval in mode Plan: every change of nodes that would be made now. Absent when nothing waits. */
  plan?: PendingPlan;
  /** The plan that was approved last, with those of its changes that are not done yet. */
  approvedPlan?: ApprovedPlan;
  /**
   * Name of the ControllerRevision that the last finished rollout brought to all nodes. New rows get it while a rollout
   * has not reached them.
   */
  stableRevision?: string;
  /** LynqNodes of the form. */
  totalNodes?: number;
  /** LynqNodes of the form whose Ready condition is True. */
  readyNodes?: number;
  /**
   * LynqNodes of the form that are suspended by themselves or by their row, and in no other count. Absent when there
   * are none.
   */
  suspendedNodes?: number;
  /**
   * LynqNodes of the form whose row is not active any more, and that wait for the end of the hub's grace period. They
   * are in no other count. Absent when there are none.
   */
  inactiveNodes?: number;
  /** Value of the annotation lynq.sh/reconcile-at that was answered last. */
  lastHandledReconcileAt?: string;
  /** State of the rollout. Absent unless spec.rollout throttles or pauses it. */
  rollout?: RolloutStatus;
  /** Current state: Ready, Reconciling, Stalled, Suspended, Valid, Applied, RolloutHeld. */
  conditions?: Condition[];
}

/** State of the rollout. Absent unless spec.rollout throttles or pauses it. */
export interface RolloutStatus {
  /** Whether the newest content is spreading, and how it ended. */
  phase: RolloutPhase;
  /** Generation of the form that is being rolled out. */
  targetGeneration?: number;
  /** Name of the ControllerRevision that is being rolled out. */
  targetRevision?: string;
  /** Number of the step that the rollout is at, from 1. One more than there are steps when all other nodes follow. */
  step?: number;
  /** Name of that step. */
  stepName?: string;
  /** When that step began. */
  stepStartTime?: string;
  /** When the nodes of that step were ready, and its pause began. Absent until then. */
  stepDoneTime?: string;
  /** Changes when spec.rollout.steps does, which begins the steps anew. */
  stepsHash?: string;
  /**
   * Value of the annotation lynq.sh/approve-step that lets the rollout go beyond its step. Absent unless it waits for
   * an approval.
   */
  approval?: string;
  /** Whether spec.rollout.paused keeps all nodes as they are. */
  paused?: boolean;
  /** Nodes that take part. */
  totalNodes?: number;
  /** Nodes that have the newest content. */
  updatedNodes?: number;
  /** Nodes that have the newest content, are not ready yet and have not failed. */
  updatingNodes?: number;
  /** Nodes that have the newest content and have failed, or were not ready for progressDeadlineSeconds. */
  failedNodes?: number;
  /** Nodes that have the newest content and are ready. */
  readyUpdatedNodes?: number;
  /** When the rollout began. */
  startTime?: string;
  /** When the rollout was complete. Absent until then. */
  completionTime?: string;
  /** The state in words. */
  message?: string;
}

/** Whether the newest content is spreading, and how it ended. */
export type RolloutPhase = "Idle" | "InProgress" | "Paused" | "Held" | "Failed" | "Complete";
