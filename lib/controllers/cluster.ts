import { ApiClient, Discovery, EventRecorder, loadConnection, SchemaStore } from "../cluster";
import { log, loggable } from "./log";
import { metrics } from "./metrics";

/** One API server, as the controllers use it. */
export interface Cluster {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly schemas: SchemaStore;
  readonly events: EventRecorder;
  readonly now: () => number;
}

/** A cluster from the environment's connection settings. */
export function connectCluster(): Cluster {
  const client = new ApiClient(loadConnection(), { observe: metrics.api.observe });
  return {
    client,
    discovery: new Discovery(client),
    schemas: new SchemaStore(client),
    events: new EventRecorder({
      client,
      component: "lynq",
      onError: error => {
        log.warn({ err: loggable(error) }, "an event was not written");
      },
    }),
    now: () => Date.now(),
  };
}
