import { ApiError, type ApiClient, type ApiResource, type Clock, sleep, systemClock } from "../cluster";
import { atLeastAsNew } from "../plan/child";
import { keyOf } from "./keys";

/** Between looks at a store that is behind, in milliseconds. */
const PAUSE_MS = 20;

/**
 * Resolves when a store shows at least what the API server has of a kind at this moment, by the revisions of its objects. A kind that is not served has
 * nothing to be behind of.
 *
 * @throws ApiError, ConnectionError; the signal's reason
 */
export async function caughtUp(
  client: Pick<ApiClient, "pages">,
  resource: ApiResource,
  store: { get(key: string): { readonly metadata: { readonly resourceVersion?: string } } | undefined },
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  try {
    for await (const { items } of client.pages(resource, { metadataOnly: true, signal })) {
      for (const { metadata } of items) {
        const newest = metadata.resourceVersion ?? "0";
        // What is not there (yet) is nothing that anybody decides on.
        while (!atLeastAsNew(store.get(keyOf({ metadata }))?.metadata.resourceVersion ?? newest, newest)) {
          await sleep(clock, PAUSE_MS, signal);
        }
      }
    }
  } catch (error) {
    if (!(error instanceof ApiError && error.isNotFound())) throw error;
  }
}
