import { type Term } from "../cluster";
import { WritePolicy } from "../plan/write-policy";
import { labelValue } from "../record/label-value";
import { TemplateCache } from "../template";
import { ObjectReview } from "./admission/object-review";
import { type Cluster, eventsOf } from "./cluster";
import { FormController } from "./form/form";
import { Reapplications } from "./form/reapplications";
import { Revisions } from "./form/revisions";
import { Rollouts } from "./form/rollouts";
import { HubController } from "./hub/hub";
import { HubReader } from "./hub/hub-reader";
import { NodeWriter } from "./hub/node-writer";
import { hubOfRow } from "./hub/row-key";
import { formKeyOf, hubKeyOf } from "./keys";
import { log, loggable } from "./log";
import { type Children } from "./node/children";
import { NodeController } from "./node/node";
import { ResourcePreparer } from "./node/node-resources";
import { ObjectAccess } from "./node/object-access";
import { type NodeValues } from "./node-values";
import { PlanPreview } from "./planning/plan-preview";
import { LANE } from "./lanes";
import { Queues } from "./queues";
import { Secrets } from "./secrets";
import { type WriteSettings } from "../plan/write-policy";
import { type Shard } from "./shard";
import { GONE_MS, type HubChanges, type Stores, type Workers } from "./stores";

/** A read more for each hub, so soon after it is asked for. */
const REVIVAL_MS = 1000;
const TEMPLATES = 20_000;

/** What the controllers know of the cluster; it is kept up to date whoever does the work. */
export interface Knowledge {
  readonly cluster: Cluster;
  readonly shard: Shard;
  readonly stores: Stores;
  readonly children: Children;
  readonly values: NodeValues;
  readonly writes: WriteSettings;
}

/**
 * The controllers and their queues, for as long as this process may write. What they remember counts for that time only: the next time, another process may
 * have written meanwhile, and they are made anew.
 */
export class Controllers implements Workers {
  readonly queues: Queues;
  readonly revisions: Revisions;
  readonly hubChanges: HubChanges;
  private readonly cluster: Cluster;
  private readonly secrets: Secrets;
  private readonly reader: HubReader;
  private readonly nodeController: NodeController;

  /** @param term whose permit every write needs; undefined where nobody is elected */
  constructor(
    private readonly knowledge: Knowledge,
    private readonly term: Term | undefined,
  ) {
    const { stores, children, values, shard } = knowledge;
    const cluster = (this.cluster = termCluster(knowledge.cluster, term));
    const { client, discovery, schemas } = cluster;
    const { hubs, forms, nodes, index } = stores;
    const isComplete = () => stores.isComplete();
    const templates = new TemplateCache(TEMPLATES);
    const revisions = (this.revisions = new Revisions(client, templates));

    // What is to be looked at.
    const queues = (this.queues = new Queues(
      {
        read: (key, signal) => hubController.poll(key, signal),
        hub: key => hubController.reconcile(key),
        row: key => hubController.rows.reconcile(key),
        form: key => formController.reconcile(key),
        node: (key, _signal, lane) => this.nodeController.reconcile(key, lane),
        hasFailures: key => this.nodeController.hasFailures(key),
        subjectOf: (queue, key) =>
          queue === "row"
            ? hubs.get(hubOfRow(key))
            : (queue === "node" ? nodes : queue === "form" ? forms : hubs).get(key),
      },
      shard,
      key => {
        const node = nodes.get(key);
        return node === undefined ? "" : hubKeyOf(node);
      },
    ));
    this.secrets = new Secrets(
      client,
      namespace => {
        // Rare, and a read too many costs one query: every hub of the namespace looks again.
        for (const key of hubs.keys()) if (key.startsWith(`${namespace}/`)) queues.reads.add(key);
      },
      error => {
        log.warn({ err: loggable(error) }, "a watch had trouble; it goes on by itself");
      },
    );
    this.reader = new HubReader(this.secrets, cluster.now);

    // What one controller tells another.
    const rollouts = new Rollouts(form => {
      queues.forms.add(form);
    });
    const reapplications = new Reapplications(
      node => {
        queues.addNode(node, LANE.change);
      },
      node => {
        const one = nodes.get(node);
        if (one !== undefined) queues.forms.addAfter(formKeyOf(one), GONE_MS);
      },
    );

    // The controllers.
    const preparer = new ResourcePreparer(discovery, schemas);
    const access = new ObjectAccess(client, new WritePolicy(knowledge.writes));
    const hubController = new HubController({
      isComplete,
      cluster,
      hubs,
      forms,
      nodes,
      index,
      revisions,
      rollouts,
      templates,
      writer: new NodeWriter(client, preparer, values),
      values,
      reader: this.reader,
      preview: new PlanPreview({ client, discovery, children, access, preparer, revisions, shard, now: cluster.now }),
      lookAt: (key, ms) => {
        queues.hubs.addAfter(key, ms);
      },
      writeRow: (row, bulk) => {
        queues.rows.add(row, bulk ? undefined : LANE.change);
      },
      readAfter: (key, ms) => {
        queues.reads.addAfter(key, ms);
      },
    });
    this.hubChanges = hubController;
    const formController = new FormController({
      cluster,
      shard,
      forms,
      hubs,
      index,
      revisions,
      reapplications,
      rollouts,
      objects: new ObjectReview({ client, discovery, schemas }),
    });
    this.nodeController = new NodeController({
      isComplete,
      deletionSeenAt: key => stores.deletionSeenAt(key),
      isBusy: () => queues.nodesWait() || client.load.waiting > 0,
      cluster,
      nodes,
      forms,
      children,
      revisions,
      values,
      onContested: owner => {
        const slash = owner.indexOf("/");
        const key = index.byChildLabel(owner.slice(0, slash), labelValue(owner.slice(slash + 1)));
        if (key !== undefined) queues.addNode(key, LANE.change);
      },
      access,
      reapplications,
    });
  }

  /** Begins to work, with everything that is known. */
  async start(): Promise<void> {
    const { knowledge, queues, term } = this;
    const { stores, shard } = knowledge;
    if (term !== undefined) await stores.catchUp(this.cluster.client, term.signal);
    stores.employ(this);
    for (const queue of [queues.hubs, queues.reads, queues.rows, queues.nodes]) queue.start();
    if (!stores.isComplete()) log.warn("a kind of Lynq's is not served; only what is being deleted is looked after");
    await stores.waitForSync();
    // Of a form that went while nobody looked, no event tells any more.
    for (const key of await this.revisions.forms()) {
      if (stores.forms.get(key) === undefined && shard.cleansUpForm(key)) queues.forms.add(key);
    }
    queues.forms.start();
    const { hubs, forms, nodes } = stores;
    log.info({ hubs: hubs.size, forms: forms.size, nodes: nodes.size }, "stores are complete; working");
  }

  /** Lets what runs come to its end, and writes the events that are due. */
  async stop(): Promise<void> {
    this.knowledge.stores.dismiss(this);
    await this.queues.stop();
    await Promise.all([this.secrets.stop(), this.reader.stop(), this.cluster.events.close()]);
  }

  /** Another process may work from now on: nothing is finished, and what runs cannot write any more. */
  async abandon(): Promise<void> {
    this.knowledge.stores.dismiss(this);
    this.cluster.events.discard();
    await Promise.all([this.queues.stop(0), this.secrets.stop(), this.reader.stop()]);
  }

  /** Events that nobody will see. */
  get droppedEvents(): number {
    return this.cluster.events.dropped;
  }

  nodesWaitingForKinds(): string[] {
    return this.nodeController.waitingForKinds();
  }

  /** An object of the node has come, changed or gone. @param isNews false for what was there before anybody looked */
  lookAtOwnerOf(node: string, isNews: boolean): void {
    const lane = this.nodeController.isOnItsWay(node) ? LANE.arrival : LANE.child;
    this.queues.addNode(node, isNews ? lane : LANE.bulk);
  }

  /** An object is free, or has come to another node: those who were refused it ask again. */
  lookAtClaimantsOf(object: string, owner?: string): void {
    for (const key of this.nodeController.claimantsOf(object, owner)) this.queues.addNode(key, LANE.child);
  }

  /** Makes sure that each hub's own loop is alive, at the price of one read more. */
  lookAtEveryHub(): void {
    const { shard, stores } = this.knowledge;
    for (const key of stores.hubs.keys()) {
      if (shard.leadsHub(key)) this.hubChanges.lookAtAll(key);
      this.queues.reads.addAfter(key, REVIVAL_MS);
    }
  }
}

/** The cluster as it may be written to during a term. */
function termCluster(cluster: Cluster, term: Term | undefined): Cluster {
  if (term === undefined) return cluster;
  const client = cluster.client.permittedBy(term);
  return { ...cluster, client, events: eventsOf(client) };
}
