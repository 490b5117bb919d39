import { AccessReviews, ApiClient, Discovery, loadConnection } from "../cluster";
import { Neighbours } from "./admission/neighbours";
import { OperatorUsers } from "./admission/operator-users";
import { operatorSettings } from "./settings";

/** The API server, as the webhooks ask it. */
export interface WebhookCluster {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly reviews: AccessReviews;
  readonly neighbours: Pick<Neighbours, "claims">;
  readonly operators: OperatorUsers;
}

let cluster: WebhookCluster | undefined;

/** The webhooks' own: in a cluster they run in other processes than the operator. */
export function webhookCluster(): WebhookCluster {
  cluster ??= connect();
  return cluster;
}

function connect(): WebhookCluster {
  // Its places bound how many questions run at once.
  const client = new ApiClient(loadConnection(), { maxSockets: 8 });
  return {
    client,
    discovery: new Discovery(client),
    reviews: new AccessReviews(client),
    neighbours: new Neighbours(client),
    operators: new OperatorUsers(client, operatorSettings().operatorUsers),
  };
}
