import { ApiClient, loadConnection } from "../cluster";

let client: ApiClient | undefined;

/** The webhooks' own client: in a cluster they run in other processes than the operator. */
export function webhookClient(): ApiClient {
  client ??= new ApiClient(loadConnection(), { maxSockets: 8 });
  return client;
}
