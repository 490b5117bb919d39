import { type ApiClient, type Discovery, type EventRecorder, type SchemaStore } from "../cluster";

/** One API server, as the controllers use it. */
export interface Cluster {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly schemas: SchemaStore;
  readonly events: EventRecorder;
  readonly now: () => number;
}
