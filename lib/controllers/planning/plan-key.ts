import { type LynqHubObject } from "../../../crds";
import { ApiError, type ApiClient } from "../../cluster";
import { FIELD_MANAGER } from "../../metadata";
import { SECRETS } from "../kinds";
import { type NodeValues, readValues, SecretTakenError } from "../node-values";
import { asNew, HASH_KEY, isOwnedBy, newHashKey, ownedSecret, ownedSecretName } from "../owned-secret";

/**
 * The key under which the plans of a hub with sensitive values are hashed. It lives in a Secret that the hub owns, so that a restart finds the digests that
 * were approved before it; followed by the watch of the nodes' own Secrets, and read from memory.
 */
export async function planKey(hub: LynqHubObject, client: ApiClient, values: NodeValues): Promise<string | undefined> {
  if ((hub.spec.sensitiveValues ?? []).length === 0) return undefined;
  const { namespace = "", name: hubName = "" } = hub.metadata;
  const name = ownedSecretName(hubName, "plan-key");
  const known = values.of(namespace, name);
  if (known !== undefined) return known.hashKey;
  const key = newHashKey();
  const secret = ownedSecret("LynqHub", hub, { name, hub: hubName, data: { [HASH_KEY]: key } });
  try {
    await client.apply(SECRETS, asNew(secret), { fieldManager: FIELD_MANAGER });
    return key;
  } catch (error) {
    if (!(error instanceof ApiError && error.isConflict())) throw error;
    const live = await client.get(SECRETS, { namespace, name });
    const { hashKey } = readValues(live);
    if (hashKey !== "" && isOwnedBy(live, hub)) return hashKey;
    throw new SecretTakenError(
      `Secret ${namespace}/${name} is where the key for plans of LynqHub ${hubName} belongs, but it is somebody else's; rename it`,
    );
  }
}
