import { type Term } from "../cluster";
import { type Cluster } from "./cluster";
import { Controllers } from "./controllers";
import { type Election } from "./election";
import { ReadyRules } from "./form/ready-rules";
import { keyOf } from "./keys";
import { KindFollower } from "./kind-follower";
import { LANE } from "./lanes";
import { log, loggable } from "./log";
import { metrics } from "./metrics";
import { Children } from "./node/children";
import { NodeValues } from "./node-values";
import { type OperatorSettings } from "./settings";
import { Shard } from "./shard";
import { Stores } from "./stores";

/** An object as Pepr's watch hands it over. */
interface Referred {
  metadata?: { namespace?: string; name?: string; generation?: number };
}

/**
 * Joins what is known of the cluster with the controllers. Knowledge is gathered as long as the process runs; the controllers are there while it is this
 * process's turn to work. Watch callbacks only add keys.
 */
export class Operator {
  private readonly shard: Shard;
  private readonly stores: Stores;
  private readonly children: Children;
  private readonly values: NodeValues;
  private controllers: Controllers | undefined;

  /** @param election undefined: nobody else is there */
  constructor(
    private readonly cluster: Cluster,
    private readonly settings: OperatorSettings,
    private readonly election: Election | undefined,
  ) {
    const { client, discovery } = cluster;
    this.shard = new Shard(settings.election.shard);
    const follower = new KindFollower({ watch: gvk => this.children.watch(gvk) });
    this.stores = new Stores(cluster, this.shard, tellTrouble, node => {
      if (election !== undefined) follower.follow(node);
    });
    const { nodes, index } = this.stores;
    metrics.follow(this.stores.led, settings.metricsOfNodes, () => this.controllers?.droppedEvents ?? 0, this.stores);
    metrics.api.follow(() => client.load);
    metrics.lead(String(settings.election.shard.index), () => this.controllers !== undefined);
    const readyRules = new ReadyRules(nodes, index, (namespace, revision) =>
      this.controllers?.revisions.known(namespace, revision),
    );
    this.children = new Children({
      client,
      discovery,
      onError: tellTrouble,
      readyWhenOf: object => readyRules.of(object),
      onChange: (namespace, label, isNews) => {
        const key = index.byChildLabel(namespace, label);
        if (key !== undefined) this.controllers?.lookAtOwnerOf(key, isNews);
      },
      onFree: object => this.controllers?.lookAtClaimantsOf(object),
      isOurs: (namespace, label) => this.shard.hasChildOf(namespace, label),
      onOther: (object, owner) => this.controllers?.lookAtClaimantsOf(object, owner),
    });
    this.values = new NodeValues(
      client,
      cluster.now,
      this.shard,
      secret => {
        const key = index.byValuesSecret(secret);
        if (key === undefined) return;
        this.controllers?.queues.addNode(key, LANE.change);
        // Its row may want something else in it.
        this.stores.lookAtRowOf(key);
      },
      tellTrouble,
    );
  }

  /** Fills the stores, then works, at once or when its turn comes. Nothing is decided before every store is complete. */
  async start(): Promise<void> {
    const { stores, values } = this;
    stores.start();
    values.start();
    // A kind of ours that is not served keeps nobody from what is being deleted: Lynq itself may be on its way out, and wait for that.
    await Promise.all([stores.waitForAnswer(), values.ready()]);
    if (this.election === undefined) await this.work(undefined);
    else
      this.election.start(term => {
        this.work(term).catch((error: unknown) => {
          if (term.signal.aborted) return;
          log.error({ err: loggable(error) }, "could not begin to work; it is somebody else's turn");
          term.close("this process could not begin to work");
        });
      });
  }

  /** Lets what runs come to its end, gives its turn to the next, and closes every connection. */
  async stop(): Promise<void> {
    const { controllers } = this;
    this.controllers = undefined;
    await controllers?.stop();
    await this.election?.stop();
    await Promise.all([this.stores.stop(), this.values.stop(), this.children.stop()]);
    this.cluster.client.close();
  }

  lookAtHub(hub: Referred): void {
    if (isNews(hub, this.stores.hubs)) this.controllers?.queues.hubs.add(keyOf(hub));
  }

  lookAtForm(form: Referred): void {
    if (isNews(form, this.stores.forms)) this.controllers?.queues.forms.add(keyOf(form));
  }

  /** Makes sure that each hub's own loop is alive, at the price of one read more. */
  lookAtEveryHub(): void {
    this.controllers?.lookAtEveryHub();
  }

  private async work(term: Term | undefined): Promise<void> {
    const { cluster, shard, stores, children, values } = this;
    const controllers = new Controllers(
      { cluster, shard, stores, children, values, writes: this.settings.writes },
      term,
    );
    this.controllers = controllers;
    term?.signal.addEventListener("abort", () => {
      this.rest(controllers, term);
    });
    await controllers.start();
  }

  private rest(controllers: Controllers, term: Term): void {
    if (this.controllers !== controllers) return;
    this.controllers = undefined;
    log.warn({ reason: loggable(term.signal.reason) }, "stopped working");
    controllers.abandon().catch((error: unknown) => {
      log.warn({ err: loggable(error) }, "did not stop working in good order");
    });
  }
}

/** Pepr tells of every status write, our own ones above all; only what the store does not show yet is worth a look. One that it does not have comes by itself. */
function isNews(
  object: Referred,
  store: { get(key: string): { metadata: { generation?: number } } | undefined },
): boolean {
  const known = store.get(keyOf(object));
  return known !== undefined && known.metadata.generation !== object.metadata?.generation;
}

function tellTrouble(error: unknown): void {
  log.warn({ err: loggable(error) }, "a watch or an event had trouble; it goes on by itself");
}
