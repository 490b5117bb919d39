import { type GroupVersionKind, type KubernetesObject } from "../../blueprint/object";
import {
  ApiError,
  type ApiClient,
  type ApiResource,
  type Discovery,
  Informer,
  objectKey as storeKey,
} from "../../cluster";
import { LABEL_NODE, LABEL_NODE_NAMESPACE } from "../../metadata";
import { atLeastAsNew, childFact, type ChildFact, saysTheSame } from "../../plan/child";
import { gvkKey, objectKey } from "../../plan/inventory";
import { needsOnlyMetadata, type ReadyWhen } from "../../readiness";

export interface ChildrenOptions {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  /** Called when a child of a node appears, changes or goes. The label is the node's name, shortened for long names. What the first list of a kind tells is no news. */
  readonly onChange: (nodeNamespace: string, nodeLabel: string, isNews: boolean) => void;
  /** Called when an object is no longer the node's whose labels it had: it is gone, or bears other labels, or none. */
  readonly onFree: (object: string) => void;
  /** Whether the node is this process's to look after; nothing is kept of the objects of others. */
  readonly isOurs: (nodeNamespace: string, nodeLabel: string) => boolean;
  /** The same object of somebody else's node has come or changed, and whose it is; undefined: it is gone. */
  readonly onOther: (object: string, owner: string | undefined) => void;
  readonly onError: (error: unknown) => void;
  /** The form's own word on when the object is ready. */
  readonly readyWhenOf: (object: KubernetesObject) => ReadyWhen | undefined;
}

/** Objects of a kind cannot be followed, so nothing may be decided about them. */
export class KindNotWatchableError extends Error {
  override readonly name = "KindNotWatchableError";
}

interface KindWatch {
  readonly informer: Informer<ChildFact>;
  /** The informer's last trouble before it was complete. */
  trouble: unknown;
  /** Told of the first trouble, so that nobody waits for what will not come. */
  readonly waiting: Set<(trouble: unknown) => void>;
}

/**
 * Facts about every object that carries our tracking labels, one watch per kind in use. What we wrote ourselves counts at once, before the watch
 * has seen it; so an unchanged stack is judged without a single read.
 */
export class Children {
  private readonly watches = new Map<string, KindWatch>();
  private readonly byNode = new Map<string, ChildFact[]>();
  /** Own writes that the watch has not caught up with. */
  private readonly written = new Map<string, ChildFact>();
  /** Judged again after their rule had changed, until the watch brings something newer. */
  private readonly judgedAgain = new Map<string, ChildFact>();
  private readonly writtenByNode = new Map<string, Map<string, ChildFact>>();

  constructor(private readonly options: ChildrenOptions) {}

  /**
   * Starts watching a kind and waits until everything of it is known. A kind that is not served has nothing to wait for.
   *
   * @throws KindNotWatchableError when we may not list or watch it, or it cannot be; ConnectionError, ApiError: try again
   */
  async watch(gvk: GroupVersionKind): Promise<void> {
    const resource = await this.options.discovery.resolve(gvk);
    if (resource === undefined) return;
    if (!resource.verbs.includes("list") || !resource.verbs.includes("watch")) {
      throw new KindNotWatchableError(`the API server offers no list and watch for ${resource.plural}`);
    }
    const key = gvkKey(gvk);
    const watch = this.watches.get(key) ?? this.start(key, gvk);
    if (watch.informer.hasSynced()) return;
    const trouble = watch.trouble ?? (await this.firstOf(watch));
    if (trouble instanceof ApiError && trouble.status >= 400 && trouble.status < 500 && trouble.status !== 429) {
      throw new KindNotWatchableError(`${resource.plural} cannot be listed and watched: ${trouble.serverMessage}`);
    }
    if (trouble instanceof Error) throw trouble;
    if (trouble !== undefined) throw new TypeError(`${resource.plural} could not be listed`);
  }

  private start(key: string, gvk: GroupVersionKind): KindWatch {
    const metadataOnly = needsOnlyMetadata(gvk);
    const watch: KindWatch = {
      informer: new Informer<ChildFact>({
        client: this.options.client,
        resource: () => this.options.discovery.resolve(gvk),
        labelSelector: LABEL_NODE,
        // The content of a Secret never comes here, and a page of large ConfigMaps is no larger than one of small ones.
        metadataOnly,
        toFact: object => (metadataOnly ? childFact(object) : this.fact(object)),
        onChange: (_key, fact, previous) => {
          this.index(fact, previous, watch.informer.hasSynced());
        },
        others: {
          accepts: ({ metadata: { labels = {} } }) =>
            this.options.isOurs(labels[LABEL_NODE_NAMESPACE] ?? "", labels[LABEL_NODE] ?? ""),
          onOther: ({ metadata: { labels = {}, namespace, name = "" } }, type) => {
            const owner = `${labels[LABEL_NODE_NAMESPACE] ?? ""}/${labels[LABEL_NODE] ?? ""}`;
            this.options.onOther(objectKey(gvk, namespace, name), type === "DELETED" ? undefined : owner);
          },
        },
        onError: error => {
          this.options.onError(error);
          if (watch.informer.hasSynced()) return;
          watch.trouble = error;
          for (const tell of watch.waiting) tell(error);
        },
      }),
      trouble: undefined,
      waiting: new Set(),
    };
    this.watches.set(key, watch);
    watch.informer.start();
    return watch;
  }

  /** Undefined when the kind is completely known; else the trouble that came first. */
  private async firstOf({ informer, waiting }: KindWatch): Promise<unknown> {
    const over = new AbortController();
    let tell: (trouble: unknown) => void = () => undefined;
    const trouble = new Promise<unknown>(resolve => {
      tell = resolve;
      waiting.add(tell);
    });
    try {
      return await Promise.race([informer.waitForSync(over.signal).then(() => undefined), trouble]);
    } finally {
      waiting.delete(tell);
      over.abort();
    }
  }

  /** The live object as far as it is known to be ours; undefined when it does not exist, or carries no label of ours. */
  get(gvk: GroupVersionKind, namespace: string | undefined, name: string): ChildFact | undefined {
    const fact = this.newest(gvk, namespace, name);
    const key = objectKey(gvk, namespace, name);
    const again = this.judgedAgain.get(key);
    if (again === undefined) return fact;
    if (fact?.uid === again.uid && atLeastAsNew(again.resourceVersion, fact.resourceVersion)) return again;
    // Kept while the store does not judge by that rule: until it is judged again, each event may be news in its eyes.
    if (fact?.uid !== again.uid || fact.readyRule === again.readyRule) this.judgedAgain.delete(key);
    return fact;
  }

  /** Judges an object by another rule than the one that was at hand when it arrived: one read, as objects are not kept. */
  async judgeAgain(resource: ApiResource, fact: ChildFact, rule: ReadyWhen | undefined): Promise<ChildFact> {
    const { namespace, name } = fact;
    try {
      const again = childFact(await this.options.client.get(resource, { namespace, name }), rule);
      if (again.uid !== fact.uid) return fact;
      this.judgedAgain.set(keyOf(fact), again);
      return again;
    } catch (error) {
      // It went meanwhile: its event brings the node back.
      if (error instanceof ApiError && error.isNotFound()) return fact;
      throw error;
    }
  }

  private fact(object: KubernetesObject): ChildFact {
    return childFact(object, this.options.readyWhenOf(object));
  }

  private newest(gvk: GroupVersionKind, namespace: string | undefined, name: string): ChildFact | undefined {
    const informer = this.watches.get(gvkKey(gvk))?.informer;
    const key = objectKey(gvk, namespace, name);
    const seen = informer?.get(storeKey(namespace === undefined ? { name } : { namespace, name }));
    const own = this.written.get(key);
    if (own === undefined) return seen;
    const caughtUp =
      seen === undefined
        ? informer !== undefined && atLeastAsNew(informer.revision, own.resourceVersion)
        : atLeastAsNew(seen.resourceVersion, own.resourceVersion);
    if (!caughtUp) return own;
    this.forget(key, own);
    // What metadata alone cannot tell was in the answer to our write.
    if (own.readyRule !== undefined && seen?.readyRule === undefined && own.resourceVersion === seen?.resourceVersion)
      this.judgedAgain.set(key, own);
    return seen;
  }

  /** Notes what the API server answered to a write of ours. */
  wrote(object: KubernetesObject): ChildFact {
    const fact = this.fact(object);
    const key = keyOf(fact);
    const previous = this.written.get(key);
    if (previous !== undefined) this.forget(key, previous);
    this.written.set(key, fact);
    const node = nodeKey(fact);
    if (node !== undefined) {
      const ofNode = this.writtenByNode.get(node) ?? new Map<string, ChildFact>();
      ofNode.set(key, fact);
      this.writtenByNode.set(node, ofNode);
    }
    return fact;
  }

  private forget(key: string, own: ChildFact): void {
    this.written.delete(key);
    const node = nodeKey(own);
    const ofNode = node === undefined ? undefined : this.writtenByNode.get(node);
    ofNode?.delete(key);
    if (node !== undefined && ofNode?.size === 0) this.writtenByNode.delete(node);
  }

  /** Everything labelled as this node's, with what we wrote a moment ago. */
  ofNode(nodeNamespace: string, nodeLabel: string): ChildFact[] {
    const seen = this.byNode.get(`${nodeNamespace}/${nodeLabel}`) ?? [];
    const own = this.writtenByNode.get(`${nodeNamespace}/${nodeLabel}`);
    if (own === undefined) return [...seen];
    const known = new Set(seen.map(keyOf));
    const more = [...own].flatMap(([key, fact]) =>
      known.has(key) ? [] : (this.get(fact.gvk, fact.namespace, fact.name) ?? []),
    );
    return [...seen, ...more];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.watches.values()].map(({ informer }) => informer.stop()));
  }

  private index(fact: ChildFact | undefined, previous: ChildFact | undefined, isNews: boolean): void {
    if (previous !== undefined) {
      const node = nodeKey(previous);
      const rest = node === undefined ? undefined : this.byNode.get(node)?.filter(child => child !== previous);
      if (node !== undefined && rest?.length === 0) this.byNode.delete(node);
      else if (node !== undefined && rest !== undefined) this.byNode.set(node, rest);
    }
    const node = fact === undefined ? undefined : nodeKey(fact);
    if (fact !== undefined && node !== undefined) {
      this.byNode.set(node, [...(this.byNode.get(node) ?? []), fact]);
    }
    if (previous !== undefined && (fact === undefined || nodeKey(fact) !== nodeKey(previous)))
      this.options.onFree(keyOf(previous));
    if (this.isKnown(fact, previous)) return;
    for (const one of [previous, fact]) {
      if (one?.nodeNamespace !== undefined && one.nodeLabel !== undefined)
        this.options.onChange(one.nodeNamespace, one.nodeLabel, isNews);
    }
  }

  /** Whether the event tells a pass nothing new: our own write comes back, or what changed means nothing to us. */
  private isKnown(fact: ChildFact | undefined, previous: ChildFact | undefined): boolean {
    if (fact === undefined) {
      if (previous !== undefined) this.judgedAgain.delete(keyOf(previous));
      return false;
    }
    const key = keyOf(fact);
    // What was judged by another rule than the store's may have changed in that rule's eyes.
    if (this.judgedAgain.has(key)) return false;
    const own = this.written.get(key);
    const isOwnNewer =
      own !== undefined && (previous === undefined || !atLeastAsNew(previous.resourceVersion, own.resourceVersion));
    const known = isOwnNewer ? own : previous;
    return known !== undefined && saysTheSame(known, fact);
  }
}

function keyOf({ gvk, namespace, name }: ChildFact): string {
  return objectKey(gvk, namespace, name);
}

function nodeKey(fact: ChildFact): string | undefined {
  return fact.nodeNamespace === undefined || fact.nodeLabel === undefined
    ? undefined
    : `${fact.nodeNamespace}/${fact.nodeLabel}`;
}
