import {
  ApiClient,
  type ApiClientOptions,
  type ClusterConnection,
  Discovery,
  EventRecorder,
  loadConnection,
  NotPermittedError,
  SchemaStore,
} from "../cluster";
import { log, logEvent, loggable } from "./log";
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
export function connectCluster(
  connection: ClusterConnection = loadConnection(),
  options: ApiClientOptions = {},
): Cluster {
  const client = new ApiClient(connection, { ...options, observe: metrics.api.observe });
  return {
    client,
    discovery: new Discovery(client),
    schemas: new SchemaStore(client),
    events: eventsOf(client),
    now: () => Date.now(),
  };
}

export function eventsOf(client: ApiClient): EventRecorder {
  return new EventRecorder({
    // Nobody waits for an event.
    client: client.of("bulk"),
    component: "lynq",
    onRecord: logEvent,
    onError: error => {
      // Another process tells it now.
      if (error instanceof NotPermittedError) return;
      log.warn({ err: loggable(error) }, "an event was not written");
    },
  });
}
