import { type Cluster } from "../cluster/cluster";
import { type DemoDatabase } from "./demo-database";

/** Where the story is played: a cluster with the operator running on it, and the database that it reads. */
export interface DemoCluster extends Cluster {
  readonly kubectlPath: string;
  readonly database: DemoDatabase;
  /** Whether the API server asks our webhooks. */
  readonly hasWebhooks: boolean;
  readonly operatorLogPath: string;
  /** Removes everything that was created, and ends every process. */
  stop(): Promise<void>;
}
