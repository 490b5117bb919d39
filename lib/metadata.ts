/** Every label, annotation, finalizer and field manager that Lynq writes or reads. The only place that spells them. */

export const API_GROUP = "operator.lynq.sh";
export const API_VERSION = "v1";

/** Field manager of every server-side apply (the articles promise `manager: lynq`). */
export const FIELD_MANAGER = "lynq";
/** Field manager of what people write by the `lynq` command. */
export const COMMAND_FIELD_MANAGER = "lynq-cli";
/** Field manager of the Go operator; what it owns is taken over on first contact. */
export const LEGACY_FIELD_MANAGER = "lynq-operator";

export const FINALIZER_HUB = "lynq.sh/hub-finalizer";
export const FINALIZER_NODE = "lynqnode.operator.lynq.sh/finalizer";

/** Prefix that only the operator may write; forms and rows may not. */
export const RESERVED_PREFIX = "lynq.sh/";

export const LABEL_HUB = "lynq.sh/hub";
export const LABEL_FORM = "lynq.sh/form";
export const LABEL_UID = "lynq.sh/uid";
export const LABEL_NODE = "lynq.sh/node";
export const LABEL_NODE_NAMESPACE = "lynq.sh/node-namespace";
/** Distinguishes the pods of workloads whose selector Lynq fills in. Value: the workload's name. */
export const LABEL_WORKLOAD = "lynq.sh/workload";
export const LABEL_ORPHANED = "lynq.sh/orphaned";

/** On a ControllerRevision: the form's whole name, where the label may be shortened. */
export const ANNOTATION_FORM_NAME = "lynq.sh/form-name";
export const ANNOTATION_DELETION_POLICY = "lynq.sh/deletion-policy";
export const ANNOTATION_CREATED_ONCE = "lynq.sh/created-once";
export const ANNOTATION_ORPHANED_AT = "lynq.sh/orphaned-at";
export const ANNOTATION_ORPHANED_REASON = "lynq.sh/orphaned-reason";
/** Which node (`namespace/name`) left a retained object behind; only that node takes it up again unasked. */
export const ANNOTATION_ORPHANED_FROM = "lynq.sh/orphaned-from";
/** On a hub: the digest of a held set of deletions that a human lets go (docs/safety.md). */
export const ANNOTATION_APPROVE_DELETION = "lynq.sh/approve-deletion";
/** On a form or a hub in mode Plan: the digest of a plan that a human lets pass (docs/plan.md). */
export const ANNOTATION_APPROVE_PLAN = "lynq.sh/approve-plan";
/** On a node: `"true"` freezes it (docs/suspend.md). */
export const ANNOTATION_SUSPEND = "lynq.sh/suspend";
/** On a hub, form or node: look again now; any new text asks once, and `status.lastHandledReconcileAt` repeats it when that is done. */
export const ANNOTATION_RECONCILE_AT = "lynq.sh/reconcile-at";
/** On a form: the revision, step and start of the rollout that a human lets go on (docs/rollouts.md). */
export const ANNOTATION_APPROVE_STEP = "lynq.sh/approve-step";
/** On the Leases of the operator's processes: into how many shards they divide the work (docs/scaling.md). */
export const LABEL_SHARDS = "lynq.sh/shards";
/** Marks the Secret that holds a node's sensitive values. */
export const LABEL_SENSITIVE_VALUES = "lynq.sh/sensitive-values";

/** What the Go operator keeps of a row on its node, sensitive columns included; a node that is taken over has its values in its spec, or in a Secret. */
export const LEGACY_NODE_ANNOTATIONS: readonly string[] = [
  "lynq.sh/activate",
  "lynq.sh/extra",
  "lynq.sh/hostOrUrl",
  "lynq.sh/hubId",
  "lynq.sh/rollout-update-start",
  "lynq.sh/template-generation",
];
/** What the Go operator notes on objects; nobody reads it after the takeover. */
export const LEGACY_OBJECT_ANNOTATIONS: readonly string[] = ["lynq.sh/applied-hash", "lynq.sh/apply-start-time"];
