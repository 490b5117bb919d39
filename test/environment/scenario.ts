import { randomBytes } from "node:crypto";
import { type CommandResult } from "../../hack/command";
import { type Database } from "../../hack/database/client";
import { userStatistics, type UserStatistics } from "../../hack/database/user-statistics";
import { attachEnvironment, type AttachedEnvironment, type EnvironmentDetails } from "../../hack/remote-control";
import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../crds";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { ApiClient, ApiError, type ApiResource, Discovery, type ListOptions, loadConnection } from "../../lib/cluster";
import { parseGroupVersionKind } from "../../lib/blueprint/object";
import { FORMS, HUBS, NODES, toForm, toHub, toNode } from "../../lib/controllers/kinds";
import { LABEL_NODE } from "../../lib/metadata";
import { entryGvk } from "../../lib/plan/inventory";
import { eventually } from "./eventually";
import { found, plant, planted } from "../../hack/planted";

/** An object as a spec writes it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata?: Record<string, unknown>;
  [field: string]: unknown;
}

export interface HubOptions {
  readonly name?: string;
  readonly table?: string;
  readonly uid?: string;
  readonly activate?: string;
  /** Variable → column. */
  readonly extra?: Record<string, string>;
  /** Laid over the hub's spec. */
  readonly spec?: Record<string, unknown>;
}

const NAMESPACES: ApiResource = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
  verbs: [],
};
const EVENTS: ApiResource = { group: "", version: "v1", kind: "Event", plural: "events", namespaced: true, verbs: [] };

/** What the run's global set-up has started. @throws Error outside of it */
export function environmentDetails(): EnvironmentDetails {
  const text = process.env.LYNQ_TEST_ENVIRONMENT;
  if (text === undefined) throw new Error("run this spec through npm test: its environment is started there");
  return JSON.parse(text) as EnvironmentDetails;
}

/** A namespace and a database of one spec file's own, and the usual ways to act on them as a user would. */
export class Scenario {
  private readonly discovery: Discovery;
  private readonly namespaces = new Set<string>();

  private constructor(
    readonly environment: AttachedEnvironment,
    readonly namespace: string,
    readonly database: Database,
    readonly client: ApiClient,
  ) {
    this.discovery = new Discovery(client, { refreshSpacingMs: 0 });
  }

  /** Makes namespace and database; `name` starts both names. */
  static async open(name: string): Promise<Scenario> {
    const environment = attachEnvironment(environmentDetails());
    const id = `${name}-${randomBytes(3).toString("hex")}`;
    await environment.database.query("SET GLOBAL userstat = 1");
    const database = await environment.database.createDatabase(id.replaceAll("-", "_"));
    const connection = loadConnection({ kubeconfig: environment.details.kubeconfigPath });
    // The audit log must tell the operator's requests from ours.
    const client = new ApiClient(connection, { userAgent: "lynq-test" });
    const scenario = new Scenario(environment, id, database, client);
    scenario.plant(database.password);
    await scenario.createNamespace(id);
    await scenario.apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "mysql-secret" },
      stringData: { password: database.password },
    });
    return scenario;
  }

  /** Says that a value is secret: it must not be told by the operator's log, nor by any object, event, status or annotation that is there in the end. */
  plant(value: string): string {
    plant(this.environment.details.folder, value);
    return value;
  }

  /** Objects of the scenario that tell one of the values: hubs, forms, nodes, revisions and events, and the metadata of what nodes have made. */
  async tellersOf(values: readonly string[]): Promise<string[]> {
    const { namespace } = this;
    const told: string[] = [];
    const look = (objects: readonly KubernetesObject[]) => {
      for (const { kind, metadata, ...rest } of objects)
        if (found(JSON.stringify({ metadata, ...rest }), values).length > 0)
          told.push(`${kind} ${metadata.name ?? ""}`);
    };
    const nodes = await this.nodes();
    look(nodes);
    for (const resource of [HUBS, FORMS, EVENTS]) look((await this.client.list(resource, { namespace })).items);
    look(await this.list("apps/v1", "ControllerRevision"));
    // Of what nodes have made only the metadata: a Secret may hold what it is for.
    const kinds = new Map(
      nodes
        .flatMap(({ status }) => status?.inventory ?? [])
        .map(entry => [JSON.stringify(entryGvk(entry)), entryGvk(entry)]),
    );
    for (const gvk of kinds.values()) {
      const resource = await this.discovery.resolve(gvk);
      if (resource === undefined) continue;
      const options = { labelSelector: LABEL_NODE, metadataOnly: true };
      const inside = resource.namespaced ? [...this.namespaces] : [undefined];
      for (const one of inside) look(await this.listed(resource, { ...options, namespace: one }));
    }
    return told;
  }

  /** None when the kind is not served any more. */
  private async listed(resource: ApiResource, options: ListOptions): Promise<readonly KubernetesObject[]> {
    try {
      return (await this.client.list(resource, options)).items;
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound()) return [];
      throw error;
    }
  }

  /** Removes everything of the scenario: hubs (and with them nodes), namespaces, the database. */
  async close(): Promise<void> {
    let told: string[] = [];
    try {
      told = await this.tellersOf(planted(this.environment.details.folder));
      for (const hub of (await this.client.list(HUBS, { namespace: this.namespace })).items) {
        const name = hub.metadata.name ?? "";
        await this.client.delete(HUBS, { namespace: this.namespace, name }).catch(ignoreMissing);
      }
      await eventually(async () => {
        const left = (await this.client.list(NODES, { namespace: this.namespace })).items;
        if (left.length > 0) throw new Error(`nodes are left: ${left.map(({ metadata }) => metadata.name).join(", ")}`);
      });
    } finally {
      for (const name of this.namespaces) await this.client.delete(NAMESPACES, { name }).catch(ignoreMissing);
      await this.database.drop();
      // An open connection would keep Jest from ending.
      await this.environment.database.close();
    }
    if (told.length > 0) throw new Error(`sensitive values are told by: ${told.join(", ")}`);
  }

  /** A namespace that is deleted with the scenario. */
  async createNamespace(name: string): Promise<void> {
    this.namespaces.add(name);
    await this.client.create(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }

  /** Namespaces that nodes make are deleted with the scenario, too. */
  owns(...names: string[]): void {
    for (const name of names) this.namespaces.add(name);
  }

  sql(statement: string, values?: readonly unknown[]): ReturnType<Database["query"]> {
    return this.database.query(statement, values);
  }

  /** Changes rows in several steps as one: no sync sees what is in between. */
  transaction(...statements: readonly string[]): Promise<void> {
    return this.database.transaction(statements);
  }

  /** kubectl in the scenario's namespace; never throws for a command that fails. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult> {
    const options = input === undefined ? {} : { input };
    return this.environment.cluster.kubectl([`--namespace=${this.namespace}`, ...args], options);
  }

  /** `kubectl apply -f -`. @throws Error with kubectl's words */
  async apply(...manifests: (Manifest | string)[]): Promise<void> {
    const { code, stderr } = await this.tryApply(...manifests);
    if (code !== 0) throw new Error(`kubectl apply: ${stderr.trim()}`);
  }

  /** `kubectl apply -f -`, whatever comes of it. */
  tryApply(...manifests: (Manifest | string)[]): Promise<CommandResult> {
    // JSON, since kubectl reads YAML 1.1, where an unquoted `on` is a boolean.
    const text = manifests.map(one => (typeof one === "string" ? one : JSON.stringify(one))).join("\n---\n");
    return this.kubectl(["apply", "-f", "-"], text);
  }

  /** A hub on a table of the scenario's database, read every second. */
  async hub({
    name = "hub",
    table = "nodes",
    uid = "id",
    activate = "active",
    extra = {},
    spec = {},
  }: HubOptions = {}): Promise<void> {
    await this.apply(this.hubManifest({ name, table, uid, activate, extra, spec }));
  }

  hubManifest({
    name = "hub",
    table = "nodes",
    uid = "id",
    activate = "active",
    extra = {},
    spec = {},
  }: HubOptions = {}): Manifest {
    const { host, port } = this.environment.details.database;
    return {
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqHub",
      metadata: { name },
      spec: {
        source: {
          type: "mysql",
          mysql: {
            host,
            port,
            database: this.database.name,
            table,
            username: this.database.user,
            passwordRef: { name: "mysql-secret", key: "password" },
          },
        },
        syncInterval: "1s",
        valueMappings: { uid, activate },
        extraValueMappings: extra,
        ...spec,
      },
    };
  }

  /** A form of `hub`; `lists` are its resource lists and whatever else its spec has. */
  async form(name: string, lists: Record<string, unknown>, hub = "hub"): Promise<void> {
    await this.apply(this.formManifest(name, lists, hub));
  }

  formManifest(name: string, lists: Record<string, unknown>, hub = "hub"): Manifest {
    return { apiVersion: "operator.lynq.sh/v1", kind: "LynqForm", metadata: { name }, spec: { hubId: hub, ...lists } };
  }

  /** Undefined when there is none. Namespaced kinds are looked for in the scenario's namespace unless told otherwise. */
  async find(
    apiVersion: string,
    kind: string,
    name: string,
    namespace = this.namespace,
  ): Promise<KubernetesObject | undefined> {
    const resource = await this.resource(apiVersion, kind);
    try {
      return await this.client.get(resource, { namespace, name });
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound()) return undefined;
      throw error;
    }
  }

  /** @throws Error when there is no such object */
  async get(apiVersion: string, kind: string, name: string, namespace = this.namespace): Promise<KubernetesObject> {
    const object = await this.find(apiVersion, kind, name, namespace);
    if (object === undefined) throw new Error(`there is no ${kind} ${namespace}/${name}`);
    return object;
  }

  async list(
    apiVersion: string,
    kind: string,
    labelSelector?: string,
    namespace = this.namespace,
  ): Promise<KubernetesObject[]> {
    return (await this.client.list(await this.resource(apiVersion, kind), { namespace, labelSelector })).items;
  }

  async node(name: string): Promise<LynqNodeObject> {
    return toNode(await this.client.get(NODES, { namespace: this.namespace, name }));
  }

  async nodes(): Promise<LynqNodeObject[]> {
    return (await this.client.list(NODES, { namespace: this.namespace })).items.map(toNode);
  }

  async hubObject(name = "hub"): Promise<LynqHubObject> {
    return toHub(await this.client.get(HUBS, { namespace: this.namespace, name }));
  }

  async formObject(name: string): Promise<LynqFormObject> {
    return toForm(await this.client.get(FORMS, { namespace: this.namespace, name }));
  }

  /** Waits until the node exists, is there to stay, and is Ready at its current generation. */
  ready(name: string): Promise<LynqNodeObject> {
    return eventually(async () => {
      const node = await this.node(name);
      const condition = node.status?.conditions?.find(({ type }) => type === "Ready");
      if (node.metadata.deletionTimestamp !== undefined) throw new Error(`${name} is being deleted`);
      if (condition?.status !== "True" || node.status?.observedGeneration !== node.metadata.generation) {
        throw new Error(`${name} is not ready: ${condition?.reason ?? "no status"}: ${condition?.message ?? ""}`);
      }
      return node;
    });
  }

  /** Waits until the newest content of a form is what all of its nodes have applied. */
  applied(form: string): Promise<void> {
    return eventually(async () => {
      const { metadata, status } = await this.formObject(form);
      if (status?.observedGeneration !== metadata.generation) throw new Error(`nobody has looked at form ${form} yet`);
      for (const node of await this.nodes()) {
        if (node.spec.templateRef !== form) continue;
        const revisions = [node.spec.formRevision, node.status?.formRevision];
        if (
          revisions.some(revision => revision !== status?.currentRevision) ||
          node.status?.observedGeneration !== node.metadata.generation
        )
          throw new Error(`${node.metadata.name ?? ""} has not applied ${status?.currentRevision ?? "anything"} yet`);
      }
    });
  }

  /** Waits until the object is gone. */
  gone(apiVersion: string, kind: string, name: string, namespace = this.namespace): Promise<void> {
    return eventually(async () => {
      if ((await this.find(apiVersion, kind, name, namespace)) !== undefined)
        throw new Error(`${kind} ${name} still exists`);
    });
  }

  /**
   * Waits until the scenario's hubs have read their tables, or tried to, a few times more: time enough for what must not happen. What must happen is
   * waited for by itself.
   */
  async afterSyncs(): Promise<void> {
    const wanted = (await this.reads()) + 3 * (await this.readingHubs());
    await eventually(async () => {
      if ((await this.reads()) < wanted) throw new Error("not every hub of the scenario has read its table again");
    });
  }

  /** Nobody counts the reads of one hub alone. */
  private async readingHubs(): Promise<number> {
    try {
      const { items } = await this.client.list(HUBS, { namespace: this.namespace });
      return Math.max(1, items.map(toHub).filter(({ spec }) => spec.suspend !== true).length);
    } catch {
      // Specs take the API server away, too.
      return 1;
    }
  }

  /** What the hub's user has asked of the database until now. */
  databaseCounts(): Promise<UserStatistics> {
    return userStatistics(this.environment.database.query, this.database.user);
  }

  /** Events about an object of the scenario's namespace. */
  async events(
    name: string,
    reason?: string,
  ): Promise<{ type: string; reason: string; message: string; count: number }[]> {
    const { items } = await this.client.list(EVENTS, {
      namespace: this.namespace,
      fieldSelector: `involvedObject.name=${name}`,
    });
    return items
      .map(item => ({
        type: String(item["type"]),
        reason: String(item["reason"]),
        message: String(item["message"]),
        count: Number(item["count"] ?? 1),
      }))
      .filter(event => reason === undefined || event.reason === reason);
  }

  private async resource(apiVersion: string, kind: string): Promise<ApiResource> {
    const resource = await this.discovery.resolve(parseGroupVersionKind(apiVersion, kind));
    if (resource === undefined) throw new Error(`the API server does not serve ${apiVersion} ${kind}`);
    return resource;
  }

  /** The database counts what the hub's user asks it, and how often it lets nobody in. */
  private async reads(): Promise<number> {
    const { selects, deniedConnections, deniedStatements } = await this.databaseCounts();
    return selects + deniedConnections + deniedStatements;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiError && error.isNotFound())) throw error;
}
