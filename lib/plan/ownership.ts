import { type NodeIdentity } from "../blueprint/node-identity";
import { type KubernetesObject } from "../blueprint/object";
import {
  ANNOTATION_ORPHANED_FROM,
  API_GROUP,
  FIELD_MANAGER,
  LABEL_NODE,
  LABEL_NODE_NAMESPACE,
  LABEL_ORPHANED,
  LEGACY_FIELD_MANAGER,
} from "../metadata";
import { labelValue } from "../record/label-value";

/** Whose an existing object is, seen from one node. */
export type Ownership =
  | { readonly kind: "ours" }
  /** Retained from this node earlier (or by the Go operator); taken up again. */
  | { readonly kind: "orphan" }
  | { readonly kind: "otherNode"; readonly node: string }
  /** `managers` are field managers other than ours; `controller` is the controlling owner, if any. */
  | { readonly kind: "foreign"; readonly managers: readonly string[]; readonly controller: string | undefined };

/** Tells whose an object is from its tracking labels, orphan marks and owner references. Equal values never make an object ours. */
export function ownershipOf(live: KubernetesObject, node: NodeIdentity): Ownership {
  const labels = live.metadata.labels ?? {};
  const controller = (live.metadata.ownerReferences ?? []).find(owner => owner.controller === true);
  const ownedByNode =
    controller !== undefined &&
    controller.kind === "LynqNode" &&
    controller.apiVersion.startsWith(`${API_GROUP}/`) &&
    // The Go operator names the node as the owner of cluster-scoped objects, too, where a name says nothing.
    (live.metadata.namespace === undefined ? controller.uid === node.uid : live.metadata.namespace === node.namespace);
  if (controller !== undefined && !ownedByNode) return foreign(live, `${controller.kind}/${controller.name}`);
  if (ownedByNode && controller.name !== node.name) {
    return { kind: "otherNode", node: `${node.namespace}/${controller.name}` };
  }
  if (ownedByNode) return { kind: "ours" };

  const trackedBy = labels[LABEL_NODE];
  const trackedIn = labels[LABEL_NODE_NAMESPACE];
  if (trackedBy !== undefined && trackedIn !== undefined) {
    return trackedBy === labelValue(node.name) && trackedIn === node.namespace
      ? { kind: "ours" }
      : { kind: "otherNode", node: `${trackedIn}/${trackedBy}` };
  }
  if (labels[LABEL_ORPHANED] === "true") {
    const from = live.metadata.annotations?.[ANNOTATION_ORPHANED_FROM];
    return from === undefined || from === `${node.namespace}/${node.name}`
      ? { kind: "orphan" }
      : { kind: "foreign", managers: [`LynqNode ${from}, which left it behind`], controller: undefined };
  }
  return foreign(live, undefined);
}

function foreign(live: KubernetesObject, controller: string | undefined): Ownership {
  const managers = (live.metadata.managedFields ?? [])
    .filter(entry => entry.subresource === undefined || entry.subresource === "")
    .map(entry => entry.manager ?? "")
    .filter(manager => manager !== "" && manager !== FIELD_MANAGER && manager !== LEGACY_FIELD_MANAGER);
  return { kind: "foreign", managers: [...new Set(managers)], controller };
}
