import { type NodeIdentity } from "../blueprint/node-identity";
import { type KubernetesObject } from "../blueprint/object";
import { type ApiClient, type ApiResource } from "../cluster";
import {
  ANNOTATION_CREATED_ONCE,
  ANNOTATION_DELETION_POLICY,
  ANNOTATION_ORPHANED_AT,
  ANNOTATION_ORPHANED_FROM,
  ANNOTATION_ORPHANED_REASON,
  API_GROUP,
  FIELD_MANAGER,
  LABEL_FORM,
  LABEL_HUB,
  LABEL_NODE,
  LABEL_NODE_NAMESPACE,
  LABEL_ORPHANED,
  LABEL_UID,
} from "../metadata";

export type OrphanedReason = "RemovedFromTemplate" | "LynqNodeDeleted";

/**
 * Leaves an object behind: our tracking labels and only our owner reference go, the orphan marks come. Whoever else owns it keeps it.
 *
 * @throws ApiError isConflict when somebody was faster; look again
 */
export async function markOrphaned(
  client: ApiClient,
  resource: ApiResource,
  live: KubernetesObject,
  node: NodeIdentity,
  reason: OrphanedReason,
  now: Date,
): Promise<void> {
  const { metadata } = live;
  const owners = (metadata.ownerReferences ?? []).filter(owner => !isNode(owner, node));
  await client.mergePatch(
    resource,
    { namespace: metadata.namespace, name: metadata.name ?? "" },
    {
      metadata: {
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
        labels: {
          [LABEL_HUB]: null,
          [LABEL_FORM]: null,
          [LABEL_UID]: null,
          [LABEL_NODE]: null,
          [LABEL_NODE_NAMESPACE]: null,
          [LABEL_ORPHANED]: "true",
        },
        annotations: {
          [ANNOTATION_DELETION_POLICY]: null,
          [ANNOTATION_CREATED_ONCE]: null,
          [ANNOTATION_ORPHANED_AT]: now.toISOString().replace(/\.\d{3}Z$/, "Z"),
          [ANNOTATION_ORPHANED_FROM]: `${node.namespace}/${node.name}`,
          [ANNOTATION_ORPHANED_REASON]: reason,
        },
        ...(owners.length === (metadata.ownerReferences ?? []).length
          ? {}
          : { ownerReferences: owners.length === 0 ? null : owners }),
      },
    },
    { fieldManager: FIELD_MANAGER },
  );
}

/** Removes the orphan marks of an object that its node takes up again. */
export async function clearOrphanMarks(
  client: ApiClient,
  resource: ApiResource,
  live: KubernetesObject,
): Promise<void> {
  const { metadata } = live;
  await client.mergePatch(
    resource,
    { namespace: metadata.namespace, name: metadata.name ?? "" },
    {
      metadata: {
        uid: metadata.uid,
        labels: { [LABEL_ORPHANED]: null },
        annotations: {
          [ANNOTATION_ORPHANED_AT]: null,
          [ANNOTATION_ORPHANED_FROM]: null,
          [ANNOTATION_ORPHANED_REASON]: null,
        },
      },
    },
    { fieldManager: FIELD_MANAGER },
  );
}

function isNode(owner: { apiVersion: string; kind: string; name: string }, node: NodeIdentity): boolean {
  return owner.kind === "LynqNode" && owner.apiVersion.startsWith(`${API_GROUP}/`) && owner.name === node.name;
}
