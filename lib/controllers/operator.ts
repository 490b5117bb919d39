import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../crds";
import { ApiClient, Discovery, EventRecorder, Informer, loadConnection, SchemaStore, WorkQueue } from "../cluster";
import { WritePolicy } from "../plan/write-policy";
import { ANNOTATION_APPROVE_PLAN, ANNOTATION_APPROVE_STEP, ANNOTATION_RECONCILE_AT, API_GROUP } from "../metadata";
import { isSuspendedByHand } from "../plan/suspension";
import { labelValue } from "../record/label-value";
import { TemplateCache } from "../template";
import { Children } from "./children";
import { type Cluster } from "./cluster";
import { FormController } from "./form";
import { HubController } from "./hub";
import { HubReader } from "./hub-reader";
import { FORMS, HUBS, NODES, toForm, toHub, toNode } from "./kinds";
import { log, loggable } from "./log";
import { NodeController } from "./node";
import { NodeIndex } from "./node-index";
import { ResourcePreparer } from "./node-resources";
import { NodeValues } from "./node-values";
import { NodeWriter } from "./node-writer";
import { ObjectAccess } from "./object-access";
import { ReadyRules } from "./ready-rules";
import { Reapplications } from "./reapplications";
import { ObjectReview } from "./object-review";
import { PlanPreview } from "./plan-preview";
import { Revisions } from "./revisions";
import { Rollouts } from "./rollouts";
import { Secrets } from "./secrets";
import { operatorSettings } from "./settings";
import { CRDS } from "./uninstall";

/** Lanes of the queues: what goes and what is broken before what is new, and bulk last. */
const LANE = { deletion: 0, child: 2, change: 5 } as const;
/** Counts of hubs and forms follow their nodes at most this often. */
const COUNT_MS = 1000;
/** Nodes that go together are looked at together. */
const GONE_MS = 50;
const TEMPLATES = 20_000;

/** An object as Pepr's watch hands it over. */
interface Referred {
  metadata?: { namespace?: string; name?: string; generation?: number };
}

/** Joins the API server's watches, the queues and the controllers. Watch callbacks only add keys. */
export class Operator {
  private readonly hubs: Informer<LynqHubObject>;
  private readonly forms: Informer<LynqFormObject>;
  private readonly nodes: Informer<LynqNodeObject>;
  private readonly crds: Informer<string>;
  private readonly children: Children;
  private readonly values: NodeValues;
  private readonly secrets: Secrets;
  private readonly reader: HubReader;
  private readonly revisions: Revisions;
  private readonly index = new NodeIndex();
  private readonly polls: WorkQueue<string>;
  private readonly hubQueue: WorkQueue<string>;
  private readonly formQueue: WorkQueue<string>;
  private readonly nodeQueue: WorkQueue<string>;
  private readonly nodesWaitingForKinds: () => string[];

  constructor(private readonly cluster: Cluster) {
    const { client, discovery, schemas } = cluster;
    const onError = (error: unknown) => {
      log.warn({ err: loggable(error) }, "a watch or an event had trouble; it goes on by itself");
    };
    const templates = new TemplateCache(TEMPLATES);
    const revisions = (this.revisions = new Revisions(client, templates));
    const rollouts = new Rollouts(form => {
      this.formQueue.add(form);
    });
    this.hubs = new Informer({
      client,
      resource: HUBS,
      toFact: toHub,
      onError,
      onChange: (key, hub, previous) => {
        if (asked(hub) !== asked(previous)) this.polls.add(key);
        if (hub?.metadata.generation !== previous?.metadata.generation) {
          this.polls.add(key);
          for (const [formKey, form] of this.forms.facts()) if (hubKey(form) === key) this.formQueue.add(formKey);
        }
        this.hubQueue.add(key);
      },
    });
    this.forms = new Informer({
      client,
      resource: FORMS,
      toFact: toForm,
      onError,
      onChange: (key, form, previous) => {
        this.formQueue.add(key);
        if (form?.spec.suspend !== previous?.spec.suspend) this.lookAtNodesOf(form ?? previous);
        const approvals = [ANNOTATION_APPROVE_PLAN, ANNOTATION_APPROVE_STEP];
        if (
          form?.metadata.generation === previous?.metadata.generation &&
          form?.metadata.uid === previous?.metadata.uid &&
          approvals.every(one => form?.metadata.annotations?.[one] === previous?.metadata.annotations?.[one])
        )
          return;
        // Both: a form that was deleted and made again may serve another hub.
        for (const one of [form, previous]) if (one !== undefined) this.hubQueue.add(hubKey(one));
      },
    });
    this.nodes = new Informer({
      client,
      resource: NODES,
      toFact: toNode,
      onError,
      onChange: (key, node, previous) => {
        this.nodeChanged(key, node, previous);
      },
    });
    this.crds = new Informer({
      client,
      resource: CRDS,
      metadataOnly: true,
      toFact: crd => crd.metadata.name ?? "",
      onError,
      onChange: crd => {
        discovery.invalidate(crd.slice(crd.indexOf(".") + 1));
        schemas.refresh();
        for (const key of this.nodesWaitingForKinds()) this.nodeQueue.add(key);
        if (crd.endsWith(`.${API_GROUP}`)) for (const store of [this.hubs, this.forms, this.nodes]) store.retryNow();
      },
    });
    const readyRules = new ReadyRules(this.nodes, this.index, revisions);
    this.children = new Children({
      client,
      discovery,
      onError,
      readyWhenOf: object => readyRules.of(object),
      onChange: (namespace, label) => {
        const key = this.index.byChildLabel(namespace, label);
        if (key !== undefined) this.nodeQueue.add(key, LANE.child);
      },
      onFree: object => {
        for (const key of nodeController.claimantsOf(object)) this.nodeQueue.add(key, LANE.child);
      },
    });
    this.values = new NodeValues(
      client,
      secret => {
        const key = this.index.byValuesSecret(secret);
        if (key !== undefined) this.nodeQueue.add(key, LANE.change);
      },
      onError,
    );
    this.secrets = new Secrets(
      client,
      namespace => {
        // Rare, and a read too many costs one query: every hub of the namespace looks again.
        for (const key of this.hubs.keys()) if (key.startsWith(`${namespace}/`)) this.polls.add(key);
      },
      onError,
    );
    this.reader = new HubReader(this.secrets);

    const reapplications = new Reapplications(
      node => {
        this.nodeQueue.add(node, LANE.change);
      },
      node => {
        const one = this.nodes.get(node);
        if (one !== undefined)
          this.formQueue.addAfter(`${one.metadata.namespace ?? ""}/${one.spec.templateRef}`, GONE_MS);
      },
    );
    const preparer = new ResourcePreparer(discovery, schemas);
    const access = new ObjectAccess(client, new WritePolicy(operatorSettings().writes));
    const hubController = new HubController({
      isComplete: () => this.isComplete(),
      cluster,
      hubs: this.hubs,
      forms: this.forms,
      index: this.index,
      revisions,
      rollouts,
      templates,
      writer: new NodeWriter(client, preparer, this.values),
      values: this.values,
      reader: this.reader,
      preview: new PlanPreview({ client, children: this.children, access, preparer, revisions, now: cluster.now }),
      onRead: key => {
        this.hubQueue.add(key);
      },
      readAfter: (key, ms) => {
        this.polls.addAfter(key, ms);
      },
    });
    const formController = new FormController({
      cluster,
      forms: this.forms,
      hubs: this.hubs,
      index: this.index,
      revisions,
      reapplications,
      rollouts,
      objects: new ObjectReview({ client, discovery, schemas }),
    });
    const nodeController = new NodeController({
      isComplete: () => this.isComplete(),
      cluster,
      nodes: this.nodes,
      forms: this.forms,
      children: this.children,
      revisions,
      values: this.values,
      onContested: owner => {
        const slash = owner.indexOf("/");
        const key = this.index.byChildLabel(owner.slice(0, slash), labelValue(owner.slice(slash + 1)));
        if (key !== undefined) this.nodeQueue.add(key, LANE.change);
      },
      access,
      reapplications,
    });
    this.nodesWaitingForKinds = () => nodeController.waitingForKinds();
    const queue = (
      name: string,
      concurrency: number,
      process: (key: string, signal: AbortSignal) => ReturnType<HubController["poll"]>,
      flowOf?: (key: string) => string,
    ) =>
      new WorkQueue<string>({
        concurrency,
        process,
        ...(flowOf === undefined ? {} : { flowOf }),
        backoff: { baseMs: 500, capMs: 30_000 },
        observe: ({ key, error }) => {
          if (error !== undefined) log.warn({ err: loggable(error), queue: name, key }, "failed; tried again");
        },
      });
    this.polls = queue("read", 8, (key, signal) => hubController.poll(key, signal));
    this.hubQueue = queue("hub", 8, key => hubController.reconcile(key));
    this.formQueue = queue("form", 4, key => formController.reconcile(key));
    // Hubs take turns: a thousand new rows of one do not keep a single row of another waiting.
    const hubOf = (key: string) => {
      const node = this.nodes.get(key);
      return `${node?.metadata.namespace ?? ""}/${node?.spec.hubId ?? ""}`;
    };
    this.nodeQueue = queue("node", 32, key => nodeController.reconcile(key), hubOf);
  }

  /** Fills the stores, then works. Nothing is decided before every store is complete. */
  async start(): Promise<void> {
    const stores = [this.hubs, this.forms, this.nodes, this.crds];
    for (const store of stores) store.start();
    this.values.start();
    // A kind of ours that is not served keeps nobody from what is being deleted: Lynq itself may be on its way out, and wait for that.
    await Promise.all([...stores.map(store => store.waitForAnswer()), this.values.ready()]);
    for (const queue of [this.hubQueue, this.polls, this.nodeQueue]) queue.start();
    if (!this.isComplete()) log.warn("a kind of Lynq's is not served; only what is being deleted is looked after");
    await Promise.all(stores.map(store => store.waitForSync()));
    // Of a form that went while nobody looked, no event tells any more.
    for (const key of await this.revisions.forms()) if (this.forms.get(key) === undefined) this.formQueue.add(key);
    this.formQueue.start();
    log.info({ hubs: this.hubs.size, forms: this.forms.size, nodes: this.nodes.size }, "stores are complete; working");
  }

  private isComplete(): boolean {
    return [this.hubs, this.forms, this.nodes].every(store => store.hasSynced());
  }

  /** Lets what runs come to its end, and closes every connection. */
  async stop(): Promise<void> {
    await Promise.all([this.polls, this.hubQueue, this.formQueue, this.nodeQueue].map(queue => queue.shutdown(10_000)));
    await Promise.all([
      this.hubs.stop(),
      this.forms.stop(),
      this.nodes.stop(),
      this.crds.stop(),
      this.values.stop(),
      this.children.stop(),
    ]);
    await Promise.all([this.secrets.stop(), this.reader.stop(), this.cluster.events.close()]);
    this.cluster.client.close();
  }

  lookAtHub(hub: Referred): void {
    if (isNews(hub, this.hubs)) this.hubQueue.add(keyOf(hub));
  }

  lookAtForm(form: Referred): void {
    if (isNews(form, this.forms)) this.formQueue.add(keyOf(form));
  }

  lookAtNode(node: Referred): void {
    if (isNews(node, this.nodes)) this.nodeQueue.add(keyOf(node));
  }

  /** Makes sure that each hub's own loop is alive, at the price of one read more. */
  lookAtEveryHub(): void {
    for (const key of this.hubs.keys()) this.polls.addAfter(key, COUNT_MS);
  }

  private lookAtNodesOf(form: LynqFormObject | undefined): void {
    const { namespace = "", name = "" } = form?.metadata ?? {};
    for (const node of this.index.ofForm(namespace, name)) this.nodeQueue.add(keyOf(node), LANE.change);
  }

  private nodeChanged(key: string, node: LynqNodeObject | undefined, previous: LynqNodeObject | undefined): void {
    this.index.update(key, node, previous);
    const changed = node ?? previous;
    if (changed === undefined) return;
    const { namespace = "", generation, deletionTimestamp } = changed.metadata;
    const hub = `${namespace}/${changed.spec.hubId ?? ""}`;
    if (node === undefined) {
      // Gone: its hub may want it back, and a deleted hub waits for it.
      this.hubQueue.addAfter(hub, GONE_MS, LANE.child);
      this.nodeQueue.add(key);
    } else if (
      previous === undefined ||
      generation !== previous.metadata.generation ||
      deletionTimestamp !== previous.metadata.deletionTimestamp ||
      asked(node) !== asked(previous) ||
      isSuspendedByHand(node) !== isSuspendedByHand(previous) ||
      JSON.stringify(node.metadata.finalizers) !== JSON.stringify(previous.metadata.finalizers)
    ) {
      this.nodeQueue.add(key, deletionTimestamp === undefined ? LANE.change : LANE.deletion);
    }
    this.hubQueue.addAfter(hub, COUNT_MS);
    this.formQueue.addAfter(`${namespace}/${changed.spec.templateRef}`, COUNT_MS);
  }
}

/** The last request to look again. */
function asked(object: { metadata: { annotations?: Record<string, string> } } | undefined): string | undefined {
  return object?.metadata.annotations?.[ANNOTATION_RECONCILE_AT];
}

function hubKey(form: LynqFormObject): string {
  return `${form.metadata.namespace ?? ""}/${form.spec.hubId}`;
}

/** Pepr tells of every status write, our own ones above all; only what the store does not know yet is worth a look. */
function isNews(
  object: Referred,
  store: { get(key: string): { metadata: { generation?: number } } | undefined },
): boolean {
  return store.get(keyOf(object))?.metadata.generation !== object.metadata?.generation;
}

function keyOf({ metadata }: Referred): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

/** A cluster from the environment's connection settings. */
export function connectCluster(): Cluster {
  const client = new ApiClient(loadConnection());
  return {
    client,
    discovery: new Discovery(client),
    schemas: new SchemaStore(client),
    events: new EventRecorder({
      client,
      component: "lynq",
      onError: error => {
        log.warn({ err: loggable(error) }, "an event was not written");
      },
    }),
    now: () => Date.now(),
  };
}

let running: Operator | undefined;

/** The operator of this process; started by the first watch event, so that loading the module has no side effects. */
export function operator(): Operator {
  if (running === undefined) {
    const started = new Operator(connectCluster());
    running = started;
    process.once("SIGTERM", () => {
      log.info("ending: what runs comes to its end");
      started.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, "did not end in good order");
          process.exit(1);
        },
      );
    });
    running.start().catch((error: unknown) => {
      log.fatal({ err: error }, "the stores could not be filled");
      process.exitCode = 1;
    });
  }
  return running;
}
