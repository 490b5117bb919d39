import { randomBytes } from "node:crypto";
import { type LynqHubObject } from "../../crds";
import { type KubernetesObject } from "../blueprint/object";
import { ApiError, type ApiClient } from "../cluster";
import { API_GROUP, API_VERSION, FIELD_MANAGER, LABEL_HUB, LABEL_SENSITIVE_VALUES } from "../metadata";
import { labelValue } from "../record/label-value";
import { shortHash } from "../record/short-hash";
import { SECRETS } from "./kinds";
import { HASH_KEY, type NodeValues, readValues, SecretTakenError } from "./node-values";

/**
 * The key under which the plans of a hub with sensitive values are hashed. It lives in a Secret that the hub owns, so that a restart finds the digests that
 * were approved before it; followed by the watch of the nodes' own Secrets, and read from memory.
 */
export async function planKey(hub: LynqHubObject, client: ApiClient, values: NodeValues): Promise<string | undefined> {
  if ((hub.spec.sensitiveValues ?? []).length === 0) return undefined;
  const { namespace = "", name: hubName = "", uid = "" } = hub.metadata;
  const name = secretName(hubName);
  const known = values.of(namespace, name);
  if (known !== undefined) return known.hashKey;
  const key = randomBytes(16).toString("hex");
  const secret: KubernetesObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      namespace,
      name,
      labels: { [LABEL_SENSITIVE_VALUES]: "true", [LABEL_HUB]: labelValue(hubName) },
      ownerReferences: [
        { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: "LynqHub", name: hubName, uid, controller: true },
      ],
      // No object has revision 1: this creates, or fails.
      resourceVersion: "1",
    },
    type: "Opaque",
    data: { [HASH_KEY]: Buffer.from(key, "utf8").toString("base64") },
  };
  try {
    await client.apply(SECRETS, secret, { fieldManager: FIELD_MANAGER });
    return key;
  } catch (error) {
    if (!(error instanceof ApiError && error.isConflict())) throw error;
    const live = await client.get(SECRETS, { namespace, name });
    const { hashKey } = readValues(live);
    if (hashKey !== "" && live.metadata.ownerReferences?.some(owner => owner.uid === uid) === true) return hashKey;
    throw new SecretTakenError(
      `Secret ${namespace}/${name} is where the key for plans of LynqHub ${hubName} belongs, but it is somebody else's; rename it`,
    );
  }
}

function secretName(hub: string): string {
  const name = `${hub}-plan-key`;
  return name.length <= 253 ? name : `${hub.slice(0, 228).replace(/[-.]+$/, "")}-${shortHash(hub)}-plan-key`;
}
