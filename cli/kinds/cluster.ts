import { type GroupVersionKind } from "../../lib/blueprint/object";
import { type KindFacts } from "../../lib/blueprint/render";
import { ApiClient, Discovery, loadConnection, SchemaStore } from "../../lib/cluster";
import { type KindLookup } from "./kind-lookup";

/** Scopes and schemas as a cluster serves them; the cluster is only read. */
export class ClusterKinds implements KindLookup {
  readonly unknownKinds = "refuse";
  private readonly client: ApiClient;
  private readonly discovery: Discovery;
  private readonly schemas: SchemaStore;

  /** @throws KubeconfigError */
  constructor(context: string | undefined) {
    this.client = new ApiClient(loadConnection(context === undefined ? {} : { context }));
    this.discovery = new Discovery(this.client);
    this.schemas = new SchemaStore(this.client);
  }

  /** @throws ApiError, ConnectionError: the API server could not be asked */
  async facts(gvk: GroupVersionKind): Promise<KindFacts | undefined> {
    const resource = await this.discovery.resolve(gvk);
    if (resource === undefined) return undefined;
    const schema = await this.schemas.schemaFor(gvk);
    return { namespaced: resource.namespaced, ...(schema === undefined ? {} : { schema }) };
  }

  close(): void {
    this.client.close();
  }
}
