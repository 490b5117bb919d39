import { type GroupVersionKind, type KubernetesObject } from "../blueprint/object";
import { type ApiClient, type Discovery, Informer, objectKey as storeKey } from "../cluster";
import { LABEL_NODE } from "../metadata";
import { atLeastAsNew, childFact, type ChildFact } from "../plan/child";
import { gvkKey, objectKey } from "../plan/inventory";

export interface ChildrenOptions {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  /** Called when a child of a node appears, changes or goes. The label is the node's name, shortened for long names. */
  readonly onChange: (nodeNamespace: string, nodeLabel: string) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Facts about every object that carries our tracking labels, one watch per kind in use. What we wrote ourselves counts at once, before the watch
 * has seen it; so an unchanged stack is judged without a single read.
 */
export class Children {
  private readonly informers = new Map<string, Informer<ChildFact>>();
  private readonly byNode = new Map<string, Map<string, ChildFact>>();
  /** Own writes that the watch has not caught up with. */
  private readonly written = new Map<string, ChildFact>();

  constructor(private readonly options: ChildrenOptions) {}

  /** Starts watching a kind and waits until everything of it is known. A kind that is not served has nothing to wait for. */
  async watch(gvk: GroupVersionKind, signal?: AbortSignal): Promise<void> {
    if ((await this.options.discovery.resolve(gvk)) === undefined) return;
    const key = gvkKey(gvk);
    let informer = this.informers.get(key);
    if (informer === undefined) {
      informer = new Informer<ChildFact>({
        client: this.options.client,
        resource: () => this.options.discovery.resolve(gvk),
        labelSelector: LABEL_NODE,
        toFact: childFact,
        onChange: (_key, fact, previous) => {
          this.index(fact, previous);
        },
        onError: this.options.onError,
      });
      this.informers.set(key, informer);
      informer.start();
    }
    await informer.waitForSync(signal);
  }

  /** The live object as far as it is known to be ours; undefined when it does not exist, or carries no label of ours. */
  get(gvk: GroupVersionKind, namespace: string | undefined, name: string): ChildFact | undefined {
    const informer = this.informers.get(gvkKey(gvk));
    const key = objectKey(gvk, namespace, name);
    const seen = informer?.get(storeKey(namespace === undefined ? { name } : { namespace, name }));
    const own = this.written.get(key);
    if (own === undefined) return seen;
    const caughtUp =
      seen === undefined
        ? informer !== undefined && atLeastAsNew(informer.revision, own.resourceVersion)
        : atLeastAsNew(seen.resourceVersion, own.resourceVersion);
    if (!caughtUp) return own;
    this.written.delete(key);
    return seen;
  }

  /** Notes what the API server answered to a write of ours. */
  wrote(object: KubernetesObject): ChildFact {
    const fact = childFact(object);
    this.written.set(objectKey(fact.gvk, fact.namespace, fact.name), fact);
    return fact;
  }

  /** Everything labelled as this node's. */
  ofNode(nodeNamespace: string, nodeLabel: string): ChildFact[] {
    return [...(this.byNode.get(`${nodeNamespace}/${nodeLabel}`)?.values() ?? [])];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.informers.values()].map(informer => informer.stop()));
  }

  private index(fact: ChildFact | undefined, previous: ChildFact | undefined): void {
    for (const old of previous === undefined ? [] : [previous]) {
      const node = nodeKey(old);
      const children = node === undefined ? undefined : this.byNode.get(node);
      children?.delete(objectKey(old.gvk, old.namespace, old.name));
      if (node !== undefined && children?.size === 0) this.byNode.delete(node);
    }
    const node = fact === undefined ? undefined : nodeKey(fact);
    if (fact !== undefined && node !== undefined) {
      const children = this.byNode.get(node) ?? new Map<string, ChildFact>();
      children.set(objectKey(fact.gvk, fact.namespace, fact.name), fact);
      this.byNode.set(node, children);
    }
    for (const one of [previous, fact]) {
      if (one?.nodeNamespace !== undefined && one.nodeLabel !== undefined)
        this.options.onChange(one.nodeNamespace, one.nodeLabel);
    }
  }
}

function nodeKey(fact: ChildFact): string | undefined {
  return fact.nodeNamespace === undefined || fact.nodeLabel === undefined
    ? undefined
    : `${fact.nodeNamespace}/${fact.nodeLabel}`;
}
