import { WritePolicy } from "../plan/write-policy";
import { labelValue } from "../record/label-value";
import { TemplateCache } from "../template";
import { Children } from "./node/children";
import { type Cluster, connectCluster } from "./cluster";
import { FormController } from "./form/form";
import { HubController } from "./hub/hub";
import { HubReader } from "./hub/hub-reader";
import { formKeyOf, hubKeyOf, keyOf } from "./keys";
import { log, loggable } from "./log";
import { NodeController } from "./node/node";
import { ResourcePreparer } from "./node/node-resources";
import { NodeValues } from "./node-values";
import { NodeWriter } from "./hub/node-writer";
import { ObjectAccess } from "./node/object-access";
import { ObjectReview } from "./admission/object-review";
import { PlanPreview } from "./planning/plan-preview";
import { LANE } from "./lanes";
import { metrics } from "./metrics";
import { Queues } from "./queues";
import { ReadyRules } from "./form/ready-rules";
import { Reapplications } from "./form/reapplications";
import { Revisions } from "./form/revisions";
import { Rollouts } from "./form/rollouts";
import { Secrets } from "./secrets";
import { operatorSettings } from "./settings";
import { GONE_MS, Stores } from "./stores";

/** A read more for each hub, so soon after it is asked for. */
const REVIVAL_MS = 1000;
const TEMPLATES = 20_000;

/** An object as Pepr's watch hands it over. */
interface Referred {
  metadata?: { namespace?: string; name?: string; generation?: number };
}

/** Joins the API server's watches, the queues and the controllers. Watch callbacks only add keys. */
export class Operator {
  private readonly queues: Queues;
  private readonly stores: Stores;
  private readonly children: Children;
  private readonly values: NodeValues;
  private readonly secrets: Secrets;
  private readonly reader: HubReader;
  private readonly revisions: Revisions;

  constructor(private readonly cluster: Cluster) {
    const { client, discovery, schemas } = cluster;
    const onError = (error: unknown) => {
      log.warn({ err: loggable(error) }, "a watch or an event had trouble; it goes on by itself");
    };
    const templates = new TemplateCache(TEMPLATES);
    const revisions = (this.revisions = new Revisions(client, templates));

    // What is to be looked at, and what is known of our own objects.
    const queues = (this.queues = new Queues(
      {
        read: (key, signal) => hubController.poll(key, signal),
        hub: key => hubController.reconcile(key),
        form: key => formController.reconcile(key),
        node: key => nodeController.reconcile(key),
        hasFailures: key => nodeController.hasFailures(key),
      },
      key => {
        const node = this.stores.nodes.get(key);
        return node === undefined ? "" : hubKeyOf(node);
      },
    ));
    this.stores = new Stores(cluster, queues, () => nodeController.waitingForKinds(), onError);
    const { hubs, forms, nodes, index } = this.stores;
    const isComplete = () => this.stores.isComplete();
    metrics.follow({ hubs, forms, nodes }, operatorSettings().metricsOfNodes, () => cluster.events.dropped);
    metrics.api.follow(() => client.load);

    // What is known of everything else.
    const readyRules = new ReadyRules(nodes, index, revisions);
    this.children = new Children({
      client,
      discovery,
      onError,
      readyWhenOf: object => readyRules.of(object),
      onChange: (namespace, label) => {
        const key = index.byChildLabel(namespace, label);
        if (key !== undefined) queues.nodes.add(key, LANE.child);
      },
      onFree: object => {
        for (const key of nodeController.claimantsOf(object)) queues.nodes.add(key, LANE.child);
      },
    });
    this.values = new NodeValues(
      client,
      secret => {
        const key = index.byValuesSecret(secret);
        if (key !== undefined) queues.nodes.add(key, LANE.change);
      },
      onError,
    );
    this.secrets = new Secrets(
      client,
      namespace => {
        // Rare, and a read too many costs one query: every hub of the namespace looks again.
        for (const key of hubs.keys()) if (key.startsWith(`${namespace}/`)) queues.reads.add(key);
      },
      onError,
    );
    this.reader = new HubReader(this.secrets, cluster.now);

    // What one controller tells another.
    const rollouts = new Rollouts(form => {
      queues.forms.add(form);
    });
    const reapplications = new Reapplications(
      node => {
        queues.nodes.add(node, LANE.change);
      },
      node => {
        const one = nodes.get(node);
        if (one !== undefined) queues.forms.addAfter(formKeyOf(one), GONE_MS);
      },
    );

    // The controllers.
    const preparer = new ResourcePreparer(discovery, schemas);
    const access = new ObjectAccess(client, new WritePolicy(operatorSettings().writes));
    const hubController = new HubController({
      isComplete,
      cluster,
      hubs,
      forms,
      index,
      revisions,
      rollouts,
      templates,
      writer: new NodeWriter(client, preparer, this.values),
      values: this.values,
      reader: this.reader,
      preview: new PlanPreview({ client, children: this.children, access, preparer, revisions, now: cluster.now }),
      onRead: key => {
        queues.hubs.add(key);
      },
      readAfter: (key, ms) => {
        queues.reads.addAfter(key, ms);
      },
    });
    const formController = new FormController({
      cluster,
      forms,
      hubs,
      index,
      revisions,
      reapplications,
      rollouts,
      objects: new ObjectReview({ client, discovery, schemas }),
    });
    const nodeController = new NodeController({
      isComplete,
      cluster,
      nodes,
      forms,
      children: this.children,
      revisions,
      values: this.values,
      onContested: owner => {
        const slash = owner.indexOf("/");
        const key = index.byChildLabel(owner.slice(0, slash), labelValue(owner.slice(slash + 1)));
        if (key !== undefined) queues.nodes.add(key, LANE.change);
      },
      access,
      reapplications,
    });
  }

  /** Fills the stores, then works. Nothing is decided before every store is complete. */
  async start(): Promise<void> {
    const { queues, stores, values } = this;
    stores.start();
    values.start();
    // A kind of ours that is not served keeps nobody from what is being deleted: Lynq itself may be on its way out, and wait for that.
    await Promise.all([stores.waitForAnswer(), values.ready()]);
    for (const queue of [queues.hubs, queues.reads, queues.nodes]) queue.start();
    if (!stores.isComplete()) log.warn("a kind of Lynq's is not served; only what is being deleted is looked after");
    await stores.waitForSync();
    // Of a form that went while nobody looked, no event tells any more.
    for (const key of await this.revisions.forms()) if (stores.forms.get(key) === undefined) queues.forms.add(key);
    queues.forms.start();
    const { hubs, forms, nodes } = stores;
    log.info({ hubs: hubs.size, forms: forms.size, nodes: nodes.size }, "stores are complete; working");
  }

  /** Lets what runs come to its end, and closes every connection. */
  async stop(): Promise<void> {
    await this.queues.stop();
    await Promise.all([this.stores.stop(), this.values.stop(), this.children.stop()]);
    await Promise.all([this.secrets.stop(), this.reader.stop(), this.cluster.events.close()]);
    this.cluster.client.close();
  }

  lookAtHub(hub: Referred): void {
    if (isNews(hub, this.stores.hubs)) this.queues.hubs.add(keyOf(hub));
  }

  lookAtForm(form: Referred): void {
    if (isNews(form, this.stores.forms)) this.queues.forms.add(keyOf(form));
  }

  /** Makes sure that each hub's own loop is alive, at the price of one read more. */
  lookAtEveryHub(): void {
    for (const key of this.stores.hubs.keys()) this.queues.reads.addAfter(key, REVIVAL_MS);
  }
}

/** Pepr tells of every status write, our own ones above all; only what the store does not know yet is worth a look. */
function isNews(
  object: Referred,
  store: { get(key: string): { metadata: { generation?: number } } | undefined },
): boolean {
  return store.get(keyOf(object))?.metadata.generation !== object.metadata?.generation;
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
