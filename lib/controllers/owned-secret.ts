import { randomBytes } from "node:crypto";
import { type LynqHubObject, type LynqNodeObject } from "../../crds";
import { type KubernetesObject } from "../blueprint/object";
import { API_GROUP, API_VERSION, LABEL_HUB, LABEL_SENSITIVE_VALUES } from "../metadata";
import { labelValue } from "../record/label-value";
import { shortHash } from "../record/short-hash";

/** Data key of a Secret that holds a key for hashes. */
export const HASH_KEY = "hash-key";

/** A key that nobody can guess, for hashes of what holds sensitive values. */
export function newHashKey(): string {
  return randomBytes(16).toString("hex");
}

/** Name of the Secret that a hub or node owns for one purpose: `acme-web-values`. */
export function ownedSecretName(owner: string, purpose: "values" | "plan-key"): string {
  const name = `${owner}-${purpose}`;
  if (name.length <= 253) return name;
  return `${owner.slice(0, 236 - purpose.length).replace(/[-.]+$/, "")}-${shortHash(owner)}-${purpose}`;
}

/**
 * A Secret that goes with its owner, and that the watch of sensitive values follows.
 *
 * @param hub name of the hub that it is about
 * @param data in plain text
 */
export function ownedSecret(
  kind: "LynqHub" | "LynqNode",
  { metadata }: LynqHubObject | LynqNodeObject,
  { name, hub, data }: { readonly name: string; readonly hub: string; readonly data: Readonly<Record<string, string>> },
): KubernetesObject {
  const { namespace = "", name: owner = "", uid = "" } = metadata;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      namespace,
      name,
      labels: { [LABEL_SENSITIVE_VALUES]: "true", [LABEL_HUB]: labelValue(hub) },
      ownerReferences: [{ apiVersion: `${API_GROUP}/${API_VERSION}`, kind, name: owner, uid, controller: true }],
    },
    type: "Opaque",
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, encode(text)])),
  };
}

/** As data of a Secret has it. */
export function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

/** As an apply that creates it, or fails: no object has revision 1. */
export function asNew(secret: KubernetesObject): KubernetesObject {
  return { ...secret, metadata: { ...secret.metadata, resourceVersion: "1" } };
}

/** Whether the Secret is the one that this hub or node owns, and not somebody else's of the same name. */
export function isOwnedBy({ metadata }: KubernetesObject, owner: LynqHubObject | LynqNodeObject): boolean {
  return metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) === true;
}
