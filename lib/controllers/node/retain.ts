import { type NodeIdentity } from "../../blueprint/node-identity";
import { type KubernetesObject, type ManagedFieldsEntry, type OwnerReference } from "../../blueprint/object";
import { type ApiResource } from "../../cluster";
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
} from "../../metadata";
import { type ObjectClient } from "./object-access";

export type OrphanedReason = "RemovedFromTemplate" | "LynqNodeDeleted";

/**
 * Leaves an object behind: our tracking labels and only our owner reference go, the orphan marks come. Whoever else owns it keeps it. We let go of every
 * field, too, so that the next tool to apply it meets no conflict with a manager that manages nothing any more (docs/decisions/retain-lets-go.md).
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
  return await patchMetadata(client, resource, live, {
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
    managedFields: letGo(live),
  });
}

/** Without our fields. The mark stands for us: an object without any manager would be given one, of everything, with its next apply. */
function letGo({ apiVersion, metadata: { managedFields = [] } }: KubernetesObject): ManagedFieldsEntry[] {
  const mark: ManagedFieldsEntry = {
    manager: FIELD_MANAGER,
    operation: "Update",
    apiVersion,
    fieldsType: "FieldsV1",
    fieldsV1: { "f:metadata": { "f:labels": { [`f:${LABEL_ORPHANED}`]: {} } } },
  };
  const others = managedFields.filter(({ manager, subresource }) => manager !== FIELD_MANAGER || subresource);
  return [...others, mark];
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
  const tracking = (values: Record<string, string> | undefined) =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => key.startsWith(RESERVED_PREFIX)));
  return await patchMetadata(client, resource, live, {
    labels: { [LABEL_ORPHANED]: null, ...tracking(desired.metadata.labels) },
    annotations: {
      [ANNOTATION_ORPHANED_AT]: null,
      [ANNOTATION_ORPHANED_FROM]: null,
      [ANNOTATION_ORPHANED_REASON]: null,
      ...tracking(desired.metadata.annotations),
    },
  });
}

/**
 * Brings the deletion policy's annotation and our owner reference to where the form wants them, in one write that touches nothing else.
 *
 * @throws ApiError isConflict when somebody was faster; look again
 */
export async function followPolicy(
  client: ObjectClient,
  resource: ApiResource,
  live: KubernetesObject,
  desired: KubernetesObject,
): Promise<KubernetesObject> {
  const policy = desired.metadata.annotations?.[ANNOTATION_DELETION_POLICY];
  return await patchMetadata(client, resource, live, {
    annotations: { [ANNOTATION_DELETION_POLICY]: policy ?? null },
    ownerReferences: ownersWithOurs(desired, live),
  });
}

/** Changes the metadata of the object, if it is still the one that was read. */
function patchMetadata(
  client: ObjectClient,
  resource: ApiResource,
  { metadata: { namespace, name = "", uid, resourceVersion } }: KubernetesObject,
  change: Readonly<Record<string, unknown>>,
): Promise<KubernetesObject> {
  const metadata = { uid, resourceVersion, ...change };
  return client.mergePatch(resource, { namespace, name }, { metadata }, { fieldManager: FIELD_MANAGER });
}

/**
 * Whether the object has an owner reference to a node that it should not have. Leaving it out of an apply does not always remove it: another manager,
 * or we by another way of writing, may own it, too.
 */
export function hasStrayOwner(live: KubernetesObject, desired: KubernetesObject): boolean {
  return (
    (desired.metadata.ownerReferences ?? []).length === 0 && live.metadata.ownerReferences?.some(isLynqNode) === true
  );
}

/** The owners that others set, and ours if the object is to have it; not as its controller where another one is. */
export function ownersWithOurs(desired: KubernetesObject, live: KubernetesObject): OwnerReference[] {
  const others = (live.metadata.ownerReferences ?? []).filter(owner => !isLynqNode(owner));
  const taken = others.some(owner => owner.controller === true);
  const ours = (desired.metadata.ownerReferences ?? []).map(({ controller, blockOwnerDeletion, ...owner }) =>
    taken ? owner : { ...owner, controller, blockOwnerDeletion },
  );
  return [...others, ...ours];
}

function isNode(owner: OwnerReference, node: NodeIdentity): boolean {
  return isLynqNode(owner) && owner.name === node.name;
}

function isLynqNode(owner: OwnerReference): boolean {
  return owner.kind === "LynqNode" && owner.apiVersion.startsWith(`${API_GROUP}/`);
}
