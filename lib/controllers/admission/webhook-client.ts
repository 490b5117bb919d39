import { AccessReviews, ApiClient, Discovery, loadConnection, SchemaStore } from "../../cluster";
import { Neighbours } from "./neighbours";
import { OperatorUsers } from "./operator-users";
import { ObjectReview } from "./object-review";
import { metrics } from "../metrics";
import { operatorSettings } from "../settings";

/** The API server, as the webhooks ask it. */
export interface WebhookCluster {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly reviews: AccessReviews;
  readonly neighbours: Pick<Neighbours, "claims">;
  readonly operators: OperatorUsers;
  readonly objects: ObjectReview;
}

/** Kinds and schemas that are not known are asked for each time: a form often comes right after its CRD. */
const REFRESH_MS = 0;

let cluster: WebhookCluster | undefined;

/** The webhooks' own: in a cluster they run in other processes than the operator. */
export function webhookCluster(): WebhookCluster {
  cluster ??= connect();
  return cluster;
}

function connect(): WebhookCluster {
  // Its places bound how many questions run at once.
  const client = new ApiClient(loadConnection(), { maxSockets: 16, observe: metrics.api.observe });
  const discovery = new Discovery(client, { refreshSpacingMs: REFRESH_MS });
  const schemas = new SchemaStore(client, { refreshSpacingMs: REFRESH_MS });
  return {
    client,
    discovery,
    reviews: new AccessReviews(client),
    neighbours: new Neighbours(client),
    operators: new OperatorUsers(client, operatorSettings().operatorUsers),
    objects: new ObjectReview({ client, discovery, schemas }),
  };
}
