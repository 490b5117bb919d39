import { type NodeIdentity } from "../blueprint/node-identity";
import { type KubernetesObject } from "../blueprint/object";
import { type ApiResource } from "../cluster";
import {
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
  RESERVED_PREFIX,
} from "../metadata";
import { type ObjectClient } from "./object-access";

export type OrphanedReason = "RemovedFromTemplate" | "LynqNodeDeleted";

/**
 * Leaves an object behind: our tracking labels and only our owner reference go, the orphan marks come. Whoever else owns it keeps it.
 *
 * @throws ApiError isConflict when somebody was faster; look again
 */
export async function markOrphaned(
  client: ObjectClient,
  resource: ApiResource,
  live: KubernetesObject,
  node: NodeIdentity,
  reason: OrphanedReason,
  now: Date,
): Promise<KubernetesObject> {
  const { metadata } = live;
  const owners = (metadata.ownerReferences ?? []).filter(owner => !isNode(owner, node));
  return await client.mergePatch(
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

/**
 * Takes up an object again that its node left behind: the marks go and the tracking comes in one write, so that it is nobody's at no moment.
 *
 * @throws ApiError isConflict when somebody was faster; look again
 */
export async function takeUpAgain(
  client: ObjectClient,
  resource: ApiResource,
  live: KubernetesObject,
  desired: KubernetesObject,
): Promise<KubernetesObject> {
  const { metadata } = live;
  const tracking = (values: Record<string, string> | undefined) =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => key.startsWith(RESERVED_PREFIX)));
  return await client.mergePatch(
    resource,
    { namespace: metadata.namespace, name: metadata.name ?? "" },
    {
      metadata: {
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
        labels: { [LABEL_ORPHANED]: null, ...tracking(desired.metadata.labels) },
        annotations: {
          [ANNOTATION_ORPHANED_AT]: null,
          [ANNOTATION_ORPHANED_FROM]: null,
          [ANNOTATION_ORPHANED_REASON]: null,
          ...tracking(desired.metadata.annotations),
        },
      },
    },
    { fieldManager: FIELD_MANAGER },
  );
}

function isNode(owner: { apiVersion: string; kind: string; name: string }, node: NodeIdentity): boolean {
  return owner.kind === "LynqNode" && owner.apiVersion.startsWith(`${API_GROUP}/`) && owner.name === node.name;
}
