import { ApiClient, type ClusterConnection, Discovery, loadConnection, SchemaStore } from "../../lib/cluster";
import { type GivenOptions, single } from "../command-line";

/** Options of every command that talks to a cluster. */
export const clusterOptions = {
  namespace: { short: "n", value: "NAME" },
  context: { value: "NAME" },
} as const;

/** Their lines in the help of a command. */
export const clusterOptionsHelp = `  -n, --namespace NAME   namespace of hub, form and nodes; else the context's own
      --context NAME     context of the kubeconfig; else the current one
`;

/** The cluster that a command works on, and the namespace that is meant. */
export class CommandCluster {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly schemas: SchemaStore;

  private constructor(
    connection: ClusterConnection,
    readonly namespace: string,
  ) {
    this.client = new ApiClient(connection, { userAgent: "lynq-cli" });
    this.discovery = new Discovery(this.client);
    this.schemas = new SchemaStore(this.client);
  }

  /** @throws KubeconfigError when no cluster is configured, or the context does not exist */
  static open(options: GivenOptions, env: Readonly<Record<string, string | undefined>>): CommandCluster {
    const context = single(options, "context");
    const connection = loadConnection({ env, ...(context === undefined ? {} : { context }) });
    return new CommandCluster(connection, single(options, "namespace") ?? connection.namespace);
  }

  close(): void {
    this.client.close();
  }
}
