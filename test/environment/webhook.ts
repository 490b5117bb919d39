import { AccessReviews, type ApiClient, Discovery } from "../../lib/cluster";
import { OperatorUsers } from "../../lib/controllers/admission/operator-users";
import { type WebhookCluster } from "../../lib/controllers/webhook-client";
import { type Scenario } from "./scenario";

/** What a webhook of ours asks, on the scenario's API server; nothing of earlier answers is kept, and no other form is known. */
export function webhookClusterOf({ client }: Scenario): WebhookCluster {
  return clusterOf(client);
}

/** A webhook whose API server is this client's. */
export function clusterOf(client: ApiClient): WebhookCluster {
  const neighbours = { claims: () => Promise.resolve([]) };
  return {
    client,
    discovery: new Discovery(client),
    reviews: new AccessReviews(client, { keepMs: 0 }),
    neighbours,
    operators: new OperatorUsers(client, undefined),
  };
}
