import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../crds";
import { internTexts } from "../blueprint/interned";
import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { type ApiResource } from "../cluster";
import { API_GROUP, API_VERSION, LABEL_HUB } from "../metadata";

const verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
const ours = { group: API_GROUP, version: API_VERSION, namespaced: true, verbs };

export const HUBS: ApiResource = { ...ours, kind: "LynqHub", plural: "lynqhubs" };
export const FORMS: ApiResource = { ...ours, kind: "LynqForm", plural: "lynqforms" };
export const NODES: ApiResource = { ...ours, kind: "LynqNode", plural: "lynqnodes" };
export const SECRETS: ApiResource = {
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  namespaced: true,
  verbs,
};
export const REVISIONS: ApiResource = {
  group: "apps",
  version: "v1",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
  namespaced: true,
  verbs,
};

/**
 * The API server has checked the object against our CRD; this only drops what nobody reads, and keeps equal texts once, so that stores stay small.
 * `delete` would turn the metadata into a hash table, of a kilobyte for each object.
 */
function withoutManagedFields(object: KubernetesObject): KubernetesObject {
  if (!isPlainObject(object["spec"])) throw new TypeError(`${object.kind} ${object.metadata.name ?? ""} has no spec`);
  const { managedFields, ...metadata } = object.metadata;
  void managedFields;
  const kept = { ...object, metadata };
  internTexts(kept);
  return kept;
}

export function toHub(object: KubernetesObject): LynqHubObject {
  return withoutManagedFields(object) as LynqHubObject;
}

export function toForm(object: KubernetesObject): LynqFormObject {
  return withoutManagedFields(object) as LynqFormObject;
}

/** Nodes that the Go operator has left behind name their hub by label only. */
export function toNode(object: KubernetesObject): LynqNodeObject {
  const node = withoutManagedFields(object) as LynqNodeObject;
  const hubId = node.spec.hubId ?? node.metadata.labels?.[LABEL_HUB];
  return hubId === undefined ? node : { ...node, spec: { ...node.spec, hubId } };
}
