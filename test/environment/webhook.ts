import { AccessReviews, type ApiClient, Discovery, SchemaStore } from "../../lib/cluster";
import { OperatorUsers } from "../../lib/controllers/admission/operator-users";
import { ObjectReview } from "../../lib/controllers/admission/object-review";
import { type WebhookCluster } from "../../lib/controllers/admission/webhook-client";
import { type Scenario } from "./scenario";

/** What a webhook of ours asks, on the scenario's API server; nothing of earlier answers is kept, and no other form is known. */
export function webhookClusterOf({ client }: Scenario): WebhookCluster {
  return clusterOf(client);
}

/** A webhook whose API server is this client's. */
export function clusterOf(client: ApiClient): WebhookCluster {
  const discovery = new Discovery(client);
  return {
    client,
    discovery,
    reviews: new AccessReviews(client, { keepMs: 0 }),
    neighbours: { claims: () => Promise.resolve([]) },
    operators: new OperatorUsers(client, undefined),
    objects: new ObjectReview({ client, discovery, schemas: new SchemaStore(client) }),
  };
}
