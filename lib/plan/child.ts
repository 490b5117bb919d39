import { contentHash } from "../blueprint/content-hash";
import { interned } from "../blueprint/interned";
import { isEqual } from "../blueprint/json-path/equality";
import { type NodeIdentity } from "../blueprint/node-identity";
import {
  type GroupVersionKind,
  isPlainObject,
  type KubernetesObject,
  type ManagedFieldsEntry,
  parseGroupVersionKind,
} from "../blueprint/object";
import {
  ANNOTATION_CREATED_ONCE,
  ANNOTATION_DELETION_POLICY,
  FIELD_MANAGER,
  LABEL_NODE,
  LABEL_NODE_NAMESPACE,
  LEGACY_FIELD_MANAGER,
} from "../metadata";
import { assessReadiness, type Readiness, type ReadyWhen } from "../readiness";
import { labelValue } from "../record/label-value";

/** A PersistentVolumeClaim without a volume. */
export interface UnboundClaim {
  /** Absent for the cluster's default class. */
  readonly storageClassName: string | undefined;
}

/** What is remembered of an object that carries our tracking labels: facts, not the object. */
export interface ChildFact {
  readonly gvk: GroupVersionKind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  /** While it is being deleted: since when (RFC 3339), and the finalizers that keep it. */
  readonly deletion: { readonly since: string; readonly finalizers: readonly string[] } | undefined;
  /** Values of the tracking labels; the node's label is shortened for long names. */
  readonly nodeLabel: string | undefined;
  readonly nodeNamespace: string | undefined;
  /** True when our field manager wrote it: labels alone are copied by controllers (EndpointSlices, ReplicaSets). */
  readonly writtenByUs: boolean;
  /** True when the Go operator applied it: with its labels on it, it is what that operator made for this node. */
  readonly writtenByPredecessor: boolean;
  /** Changes when someone else takes, changes or removes a field that we own; see {@link ownedFieldsHash}. */
  readonly ownedHash: string;
  readonly readiness: Readiness;
  /** Id of the form's own rule that the readiness follows; undefined for the rule of the kind. */
  readonly readyRule: string | undefined;
  readonly deletionPolicy: "Delete" | "Retain" | undefined;
  readonly createdOnce: boolean;
  /** Present for a claim that is not bound: whether it holds up its users depends on its storage class. */
  readonly unboundClaim: UnboundClaim | undefined;
}

/** Reduces an object to what planning needs. */
export function childFact(object: KubernetesObject, own?: ReadyWhen): ChildFact {
  const { metadata } = object;
  const policy = metadata.annotations?.[ANNOTATION_DELETION_POLICY];
  const { deletionTimestamp, finalizers = [] } = metadata;
  const { state, message } = assessReadiness(object, {}, own);
  return {
    gvk: gvkOf(object.apiVersion, object.kind),
    namespace: shared(metadata.namespace),
    name: metadata.name ?? "",
    uid: metadata.uid ?? "",
    resourceVersion: metadata.resourceVersion ?? "0",
    deleting: deletionTimestamp !== undefined,
    deletion: deletionTimestamp === undefined ? undefined : { since: deletionTimestamp, finalizers },
    nodeLabel: shared(metadata.labels?.[LABEL_NODE]),
    nodeNamespace: shared(metadata.labels?.[LABEL_NODE_NAMESPACE]),
    writtenByUs: ourEntries(object).length > 0,
    writtenByPredecessor: entriesOf(object, LEGACY_FIELD_MANAGER).length > 0,
    ownedHash: ownedFieldsHash(object),
    readiness: { state, message: interned(message) },
    readyRule: own?.id,
    deletionPolicy: policy === "Delete" || policy === "Retain" ? policy : undefined,
    createdOnce: metadata.annotations?.[ANNOTATION_CREATED_ONCE] === "true",
    unboundClaim: unboundClaim(object),
  };
}

function shared(text: string | undefined): string | undefined {
  return text === undefined ? undefined : interned(text);
}

const kinds = new Map<string, GroupVersionKind>();

/** One for all facts of a kind; there are as many as kinds in use. */
function gvkOf(apiVersion: string, kind: string): GroupVersionKind {
  const key = `${apiVersion}/${kind}`;
  const known = kinds.get(key);
  if (known !== undefined) return known;
  const gvk = Object.freeze(parseGroupVersionKind(apiVersion, kind));
  kinds.set(key, gvk);
  return gvk;
}

/** Whether two facts of an object lead to the same decisions: they differ in nothing but the revision. */
export function saysTheSame(a: ChildFact, b: ChildFact): boolean {
  return isEqual({ ...a, resourceVersion: "" }, { ...b, resourceVersion: "" });
}

/** Whether the tracking labels name this node; two nodes may render one object, and only the first has it. */
export function isChildOf(child: ChildFact, node: Pick<NodeIdentity, "namespace" | "name">): boolean {
  return child.nodeNamespace === node.namespace && child.nodeLabel === labelValue(node.name);
}

/** The object that stands where one of the node's should, if it is the node's. Another's is met as a stranger's, by the one request that can only create. */
export function recognised(
  found: ChildFact | undefined,
  entry: { readonly uid: string } | undefined,
  node: Pick<NodeIdentity, "namespace" | "name">,
): ChildFact | undefined {
  return found !== undefined && (found.uid === entry?.uid || isChildOf(found, node)) ? found : undefined;
}

function unboundClaim(object: KubernetesObject): UnboundClaim | undefined {
  if (object.apiVersion !== "v1" || object.kind !== "PersistentVolumeClaim") return undefined;
  const { spec, status } = object;
  if (isPlainObject(status) && status["phase"] !== "Pending" && status["phase"] !== undefined) return undefined;
  const name = isPlainObject(spec) ? spec["storageClassName"] : undefined;
  return { storageClassName: typeof name === "string" ? name : undefined };
}

function ourEntries(object: KubernetesObject): ManagedFieldsEntry[] {
  return entriesOf(object, FIELD_MANAGER);
}

function entriesOf(object: KubernetesObject, manager: string): ManagedFieldsEntry[] {
  return (object.metadata.managedFields ?? []).filter(
    entry => entry.manager === manager && (entry.subresource === undefined || entry.subresource === ""),
  );
}

/**
 * Hash of the set of fields that we own. The API server takes a field from us when another manager changes its value, and drops it when it is
 * removed, so an unchanged hash proves that nothing we wrote was touched, without keeping or reading the object
 * (KEP-555; sigs.k8s.io/structured-merge-diff, Update).
 */
function ownedFieldsHash(object: KubernetesObject): string {
  return interned(contentHash(ourEntries(object).map(entry => [entry.operation, entry.fieldsV1])));
}

/**
 * Whether resource version `a` is at least as new as `b`. Both come from the same collection, where they are comparable as integers (KEP-5504).
 */
export function atLeastAsNew(a: string, b: string): boolean {
  return BigInt(a === "" ? "0" : a) >= BigInt(b === "" ? "0" : b);
}
