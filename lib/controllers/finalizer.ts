import { type KubernetesObject } from "../blueprint/object";
import { ApiError, type ApiClient, type ApiResource } from "../cluster";

/** An object as far as its finalizers matter. */
type Finalized = Pick<KubernetesObject, "metadata">;

export function hasFinalizer({ metadata }: Finalized, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

/** Puts the finalizer on, once. @throws ApiError isConflict when somebody was faster; look again */
export async function addFinalizer(
  client: ApiClient,
  resource: ApiResource,
  object: Finalized,
  finalizer: string,
): Promise<void> {
  if (hasFinalizer(object, finalizer)) return;
  const { namespace, name = "", resourceVersion, finalizers = [] } = object.metadata;
  const metadata = { resourceVersion, finalizers: [...finalizers, finalizer] };
  await client.mergePatch(resource, { namespace, name }, { metadata });
}

/**
 * Takes the finalizer off this very object. Tests what it is about, the UID and the finalizer's place, and not the revision: that changes with every
 * status of ours, which the store may not have seen yet.
 *
 * @throws ApiError 422 when the finalizers are others by now; look again
 */
export async function removeFinalizer(
  client: ApiClient,
  resource: ApiResource,
  object: Finalized,
  finalizer: string,
): Promise<void> {
  const { namespace, name = "", uid, finalizers = [] } = object.metadata;
  const path = `/metadata/finalizers/${finalizers.indexOf(finalizer)}`;
  try {
    await client.jsonPatch(resource, { namespace, name }, [
      { op: "test", path: "/metadata/uid", value: uid },
      { op: "test", path, value: finalizer },
      { op: "remove", path },
    ]);
  } catch (error) {
    // Gone already: an answer of ours was lost, or somebody took it off by force.
    if (!(error instanceof ApiError && error.isNotFound())) throw error;
  }
}
