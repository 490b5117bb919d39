import { type KubernetesObject } from "../blueprint/object";
import { type ApiClient } from "./client";
import { ApiError } from "./errors";
import { type ApiResource, type ObjectKey } from "./resource";

/** The object; undefined when there is none. @throws ApiError, ConnectionError */
export async function findObject(
  client: Pick<ApiClient, "get">,
  resource: ApiResource,
  key: ObjectKey,
  options?: Parameters<ApiClient["get"]>[2],
): Promise<KubernetesObject | undefined> {
  try {
    return await client.get(resource, key, options);
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound()) return undefined;
    throw error;
  }
}
