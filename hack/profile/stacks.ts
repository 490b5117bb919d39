import { ApiClient, loadConnection } from "../../lib/cluster";
import { FORMS, HUBS, NODES, SECRETS, toHub } from "../../lib/controllers/kinds";
import { databaseSecret, formManifest, formSpec, hubManifest, hubName } from "../bench/operator/form";
import { type Database } from "../database/client";
import { type Environment } from "../environment";
import { type Log } from "../log";

const namespace = "default";
export const resourcesPerNode = 5;

/** Rows of a table, and the stacks that the operator makes of them. */
export class Stacks {
  private rows = 0;

  private constructor(
    readonly client: ApiClient,
    private readonly database: Database,
  ) {}

  static async open({ controlPlane, database: server }: Environment): Promise<Stacks> {
    const client = new ApiClient(loadConnection({ kubeconfig: controlPlane.kubeconfigPath }), {
      userAgent: "lynq-bench",
    });
    const database = await server.createDatabase("stacks");
    await database.query(
      "CREATE TABLE tenants (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20), replicas INT, token VARCHAR(64))",
    );
    await client.create(SECRETS, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: databaseSecret },
      stringData: { password: database.password },
    });
    await client.create(HUBS, hubManifest({ namespace, server, database, table: "tenants" }));
    await client.create(FORMS, formManifest(namespace, formSpec()));
    return new Stacks(client, database);
  }

  /** Adds rows until there are so many, and waits until their stacks are ready. */
  async grow(rows: number, log: Log): Promise<void> {
    const values: string[] = [];
    for (; this.rows < rows; this.rows++) {
      // No replicas: kwok's pods would cost more than everything that is measured.
      const id = `customer-${String(this.rows).padStart(5, "0")}`;
      values.push(`('${id}', 1, '${this.rows % 3 === 0 ? "gold" : "basic"}', 0, SHA2('${id}', 256))`);
    }
    if (values.length > 0) await this.database.query(`INSERT INTO tenants VALUES ${values.join()}`);
    await this.quiet(log);
  }

  /** Waits until the hub has seen that all are ready, and nobody writes nodes any more. */
  async quiet(log: Log = () => undefined): Promise<void> {
    let revision = -1;
    for (let still = 0; still < 3; ) {
      await new Promise(resolve => setTimeout(resolve, 2_000));
      const { status } = toHub(await this.client.get(HUBS, { namespace, name: hubName }));
      const next = await this.newest();
      log(`… ${status?.ready ?? 0} of ${this.rows} nodes are ready`);
      still = next === revision && status?.ready === this.rows ? still + 1 : 0;
      revision = next;
    }
  }

  /** The newest revision of any node. */
  private async newest(): Promise<number> {
    let newest = 0;
    for await (const { items } of this.client.pages(NODES, { namespace, metadataOnly: true })) {
      for (const { metadata } of items) newest = Math.max(newest, Number(metadata.resourceVersion));
    }
    return newest;
  }

  async close(): Promise<void> {
    this.client.close();
    await this.database.drop();
  }
}
