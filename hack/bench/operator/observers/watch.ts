import { isPlainObject, type KubernetesObject } from "../../../../lib/blueprint/object";
import { type ApiClient, type ApiResource, Informer } from "../../../../lib/cluster";
import { NODES } from "../../../../lib/controllers/kinds";
import { type ChildKind, childKindNames, childKinds } from "../kinds";

/** What is seen of a LynqNode. */
export interface NodeFact {
  readonly generation: number;
  /** Ready is True, and was decided on this generation. */
  readonly ready: boolean;
}

/** What is seen of a child. Of kinds without a field here, that it exists. */
export interface ChildFact {
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly deployment?: DeploymentFact;
}

export interface DeploymentFact {
  readonly image: string;
  readonly replicas: number;
  /** All replicas of this generation are available. */
  readonly available: boolean;
}

type Listener<Fact> = (name: string, fact: Fact | undefined) => void;

/** Follows one kind of one namespace. */
class Followed<Fact> {
  private readonly listeners = new Set<Listener<Fact>>();
  readonly informer: Informer<Fact>;

  constructor(
    client: ApiClient,
    resource: ApiResource,
    namespace: string,
    toFact: (object: KubernetesObject) => Fact,
    metadataOnly = false,
  ) {
    this.informer = new Informer<Fact>({
      client,
      resource,
      namespace,
      metadataOnly,
      toFact,
      onChange: (key, fact) => {
        for (const listener of this.listeners) listener(key.slice(namespace.length + 1), fact);
      },
    });
  }

  /** Hears what is there at once, and every change. Answers how to stop. */
  listen(namespace: string, listener: Listener<Fact>): () => void {
    for (const [key, fact] of this.informer.facts()) listener(key.slice(namespace.length + 1), fact);
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** LynqNodes and children of one namespace, as a user would see them come and go. Bodies are only asked for where they are looked at. */
export class NamespaceWatch {
  private readonly nodes: Followed<NodeFact>;
  private readonly children: ReadonlyMap<ChildKind, Followed<ChildFact>>;

  constructor(
    client: ApiClient,
    readonly namespace: string,
  ) {
    this.nodes = new Followed(client, NODES, namespace, toNodeFact);
    this.children = new Map(
      childKindNames.map(kind => {
        const whole = kind === "ConfigMap" || kind === "Deployment";
        return [kind, new Followed(client, childKinds[kind], namespace, toChildFact, !whole)];
      }),
    );
  }

  async start(): Promise<void> {
    const all = [this.nodes.informer, ...[...this.children.values()].map(({ informer }) => informer)];
    for (const informer of all) informer.start();
    await Promise.all(all.map(informer => informer.waitForSync()));
  }

  async stop(): Promise<void> {
    await Promise.all([
      this.nodes.informer.stop(),
      ...[...this.children.values()].map(({ informer }) => informer.stop()),
    ]);
  }

  onNode(listener: Listener<NodeFact>): () => void {
    return this.nodes.listen(this.namespace, listener);
  }

  onChild(kind: ChildKind, listener: Listener<ChildFact>): () => void {
    return this.followed(kind).listen(this.namespace, listener);
  }

  node(name: string): NodeFact | undefined {
    return this.nodes.informer.get(`${this.namespace}/${name}`);
  }

  child(kind: ChildKind, name: string): ChildFact | undefined {
    return this.followed(kind).informer.get(`${this.namespace}/${name}`);
  }

  private followed(kind: ChildKind): Followed<ChildFact> {
    const found = this.children.get(kind);
    if (found === undefined) throw new Error(`${kind} is not followed`);
    return found;
  }
}

function toNodeFact({ metadata, status }: KubernetesObject & { status?: unknown }): NodeFact {
  const { generation = 0 } = metadata;
  const conditions: unknown = isPlainObject(status) ? status["conditions"] : undefined;
  const ready = (Array.isArray(conditions) ? conditions : []).some(
    (one: unknown) => isPlainObject(one) && one["type"] === "Ready" && one["status"] === "True",
  );
  const observed = isPlainObject(status) ? status["observedGeneration"] : undefined;
  return { generation, ready: ready && observed === generation };
}

function toChildFact(object: KubernetesObject): ChildFact {
  switch (object.kind) {
    case "ConfigMap":
      return { data: fields(object["data"]) };
    case "Deployment":
      return { deployment: deploymentFact(object) };
    default:
      return {};
  }
}

function deploymentFact({ metadata, ...object }: KubernetesObject): DeploymentFact {
  const spec = fields(object["spec"]);
  const status = fields(object["status"]);
  const pod = fields(fields(spec["template"])["spec"]);
  const containers: unknown = pod["containers"];
  const first: unknown = Array.isArray(containers) ? containers[0] : undefined;
  const replicas = Number(spec["replicas"] ?? 1);
  const count = (name: string) => Number(status[name] ?? 0);
  return {
    image: String(fields(first)["image"]),
    replicas,
    available:
      count("observedGeneration") >= (metadata.generation ?? 0) &&
      count("updatedReplicas") === replicas &&
      count("availableReplicas") === replicas &&
      count("replicas") === replicas,
  };
}

const fields = (value: unknown): Record<string, unknown> => (isPlainObject(value) ? value : {});
