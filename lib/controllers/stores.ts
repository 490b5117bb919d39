import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../crds";
import { type ApiClient, Informer } from "../cluster";
import { isEqual } from "../blueprint/json-path/equality";
import { ANNOTATION_APPROVE_PLAN, ANNOTATION_APPROVE_STEP, ANNOTATION_RECONCILE_AT, API_GROUP } from "../metadata";
import { isSuspendedByHand } from "../plan/suspension";
import { findCondition } from "../status";
import { caughtUp } from "./catch-up";
import { type Cluster } from "./cluster";
import { formKeyOf, hubKeyOf, keyOf } from "./keys";
import { FORMS, HUBS, NODES, toForm, toHub, toNode } from "./kinds";
import { NodeIndex } from "./node-index";
import { CROWD, LANE } from "./lanes";
import { LedStore } from "./led-store";
import { metrics } from "./metrics";
import { type Queues } from "./queues";
import { type Shard } from "./shard";
import { slimNode } from "./slim-node";
import { CRDS } from "./uninstall";

/** Counts of hubs and forms follow their nodes at most this often; a crowd of nodes at work is counted more rarely. */
const COUNT_MS = { few: 1000, crowd: 3000 };
/** Nodes that go together are looked at together. */
export const GONE_MS = 50;
const CROWD_GONE_MS = 1000;

/** Collects what the next pass over a hub looks at. */
export interface HubChanges {
  lookAtAll(hub: string): void;
  nodeChanged(hub: string, node: LynqNodeObject, isGone: boolean): void;
  standingChanged(hub: string): void;
}

/** Who works off what changes. */
export interface Workers {
  readonly queues: Queues;
  /** What the hubs' passes are to look at. */
  readonly hubChanges: HubChanges;
  /** Keys of nodes that may find the kind that they wait for when a CRD changes. */
  nodesWaitingForKinds(): string[];
}

/**
 * Hubs, forms, nodes and the names of CRDs, each by one watch. A change only adds keys to the queues: of whoever has to look again. While another process
 * does the work, they are kept up to date, and nobody is told.
 */
export class Stores {
  readonly hubs: Informer<LynqHubObject>;
  readonly forms: Informer<LynqFormObject>;
  readonly nodes: Informer<LynqNodeObject>;
  readonly index = new NodeIndex();
  private readonly crds: Informer<string>;
  private workers: Workers | undefined;
  private readonly deletions = new Map<string, number>();
  private readonly now: () => number;

  constructor(
    { client, discovery, schemas, now }: Pick<Cluster, "client" | "discovery" | "schemas" | "now">,
    private readonly shard: Shard,
    onError: (error: unknown) => void,
    /** A node of ours has come or changed while another process does the work. */
    private readonly onIdleNode?: (node: LynqNodeObject) => void,
  ) {
    this.now = now;
    this.hubs = new Informer({
      client,
      resource: HUBS,
      toFact: toHub,
      onError,
      onChange: (key, hub, previous) => {
        this.hubChanged(key, hub, previous);
      },
    });
    this.forms = new Informer({
      client,
      resource: FORMS,
      toFact: toForm,
      onError,
      onChange: (key, form, previous) => {
        this.formChanged(key, form, previous);
      },
    });
    this.nodes = new Informer({
      client,
      resource: NODES,
      toFact: object => {
        const node = toNode(object);
        return this.shard.needs(node) ? node : slimNode(node);
      },
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
        for (const key of this.workers?.nodesWaitingForKinds() ?? []) this.workers?.queues.nodes.add(key);
        if (crd.endsWith(`.${API_GROUP}`)) for (const store of [this.hubs, this.forms, this.nodes]) store.retryNow();
      },
    });
  }

  start(): void {
    for (const store of this.all()) store.start();
  }

  /** Resolves when the API server has answered for each kind, be it that it does not serve it. */
  async waitForAnswer(): Promise<void> {
    await Promise.all(this.all().map(store => store.waitForAnswer()));
  }

  async waitForSync(): Promise<void> {
    await Promise.all(this.all().map(store => store.waitForSync()));
  }

  /** Whether hubs, forms and nodes are all known. */
  isComplete(): boolean {
    return [this.hubs, this.forms, this.nodes].every(store => store.hasSynced());
  }

  /** When we saw that the node is being deleted, in milliseconds. */
  deletionSeenAt(node: string): number | undefined {
    return this.deletions.get(node);
  }

  async stop(): Promise<void> {
    await Promise.all(this.all().map(store => store.stop()));
  }

  /** What this process answers for, as long as it works. */
  get led() {
    const { shard } = this;
    const leads = (hub: string): boolean => this.workers !== undefined && shard.leadsHub(hub);
    return {
      hubs: new LedStore(this.hubs, hub => leads(keyOf(hub))),
      forms: new LedStore(this.forms, form => leads(hubKeyOf(form))),
      nodes: new LedStore(this.nodes, node => leads(hubKeyOf(node))),
    };
  }

  /** From here on they are told; first of all that is known, as if it came just now. */
  employ(workers: Workers): void {
    this.workers = workers;
    for (const [key, hub] of this.hubs.facts()) this.hubChanged(key, hub, undefined);
    for (const [key, form] of this.forms.facts()) this.formChanged(key, form, undefined);
    for (const [key, node] of this.nodes.facts()) this.tellOfNode(key, node, undefined);
  }

  dismiss(workers: Workers): void {
    if (this.workers === workers) this.workers = undefined;
  }

  /**
   * Resolves when the stores show at least what the API server has at this moment: the process that worked until now may have written a moment ago.
   *
   * @throws ApiError, ConnectionError; the signal's reason
   */
  async catchUp(client: Pick<ApiClient, "pages">, signal: AbortSignal): Promise<void> {
    await Promise.all([
      caughtUp(client, HUBS, this.hubs, signal),
      caughtUp(client, FORMS, this.forms, signal),
      caughtUp(client, NODES, this.nodes, signal),
    ]);
  }

  private all() {
    return [this.hubs, this.forms, this.nodes, this.crds];
  }

  private hubChanged(key: string, hub: LynqHubObject | undefined, previous: LynqHubObject | undefined): void {
    metrics.hubChanged(key, hub);
    if (this.workers === undefined || !this.shard.leadsHub(key)) return;
    const { reads, hubs, forms } = this.workers.queues;
    // Its status is our own.
    if (!isSameWish(hub, previous)) this.workers.hubChanges.lookAtAll(key);
    if (asked(hub) !== asked(previous)) reads.add(key);
    if (hub?.metadata.generation !== previous?.metadata.generation) {
      reads.add(key);
      for (const [formKey, form] of this.forms.facts()) if (hubKeyOf(form) === key) forms.add(formKey);
    }
    hubs.add(key);
  }

  private formChanged(key: string, form: LynqFormObject | undefined, previous: LynqFormObject | undefined): void {
    metrics.formChanged(key, form);
    if (this.workers === undefined) return;
    const { hubs, forms } = this.workers.queues;
    // Also of a form that goes over to a hub of another shard: what is remembered of it is forgotten.
    if ([form, previous].some(one => one !== undefined && this.shard.leadsForm(one))) forms.add(key);
    if (form?.spec.suspend !== previous?.spec.suspend) this.lookAtNodesOf(form ?? previous);
    const approvals = [ANNOTATION_APPROVE_PLAN, ANNOTATION_APPROVE_STEP];
    if (
      form?.metadata.generation === previous?.metadata.generation &&
      form?.metadata.uid === previous?.metadata.uid &&
      approvals.every(one => form?.metadata.annotations?.[one] === previous?.metadata.annotations?.[one])
    )
      return;
    // Both: a form that was deleted and made again may serve another hub.
    for (const one of [form, previous]) {
      if (one === undefined) continue;
      if (this.shard.leadsHub(hubKeyOf(one))) this.workers.hubChanges.lookAtAll(hubKeyOf(one));
      hubs.add(hubKeyOf(one));
    }
  }

  /** What the row of a node wants may be something else, though neither has changed. */
  lookAtRowOf(key: string): void {
    const node = this.nodes.get(key);
    if (node === undefined || this.workers === undefined || !this.shard.leadsHub(hubKeyOf(node))) return;
    this.workers.hubChanges.nodeChanged(hubKeyOf(node), node, false);
    this.workers.queues.hubs.addAfter(hubKeyOf(node), COUNT_MS.few);
  }

  private lookAtNodesOf(form: LynqFormObject | undefined): void {
    const { namespace = "", name = "" } = form?.metadata ?? {};
    for (const node of this.index.ofForm(namespace, name)) this.workers?.queues.addNode(keyOf(node), LANE.change);
  }

  private nodeChanged(key: string, node: LynqNodeObject | undefined, previous: LynqNodeObject | undefined): void {
    this.index.update(key, node, previous);
    const one = node ?? previous;
    if (node?.metadata.deletionTimestamp === undefined) this.deletions.delete(key);
    else if (!this.deletions.has(key)) this.deletions.set(key, this.now());
    if (node === undefined) metrics.nodeGone(key);
    // Of several processes that work, one counts the node.
    if (one !== undefined && this.shard.leadsHub(hubKeyOf(one))) metrics.nodeChanged(key, node, previous);
    this.tellOfNode(key, node, previous);
    if (this.workers === undefined && node !== undefined && this.shard.hasNode(key)) this.onIdleNode?.(node);
  }

  private tellOfNode(key: string, node: LynqNodeObject | undefined, previous: LynqNodeObject | undefined): void {
    const changed = node ?? previous;
    if (changed === undefined || this.workers === undefined) return;
    const { generation, deletionTimestamp } = changed.metadata;
    const { queues } = this.workers;
    const { hubs, forms } = queues;
    this.tellHubs(this.workers.hubChanges, node, previous);
    const hub = hubKeyOf(changed);
    // A look at a hub goes through all of its nodes.
    const isCrowd = queues.nodes.depth.ready > CROWD;
    if (node === undefined) {
      // Gone: its hub may want it back, and a deleted hub waits for it.
      hubs.addAfter(hub, isCrowd ? CROWD_GONE_MS : GONE_MS, LANE.child);
      queues.addNode(key, LANE.change);
    } else if (
      previous === undefined ||
      generation !== previous.metadata.generation ||
      deletionTimestamp !== previous.metadata.deletionTimestamp ||
      asked(node) !== asked(previous) ||
      isSuspendedByHand(node) !== isSuspendedByHand(previous) ||
      !isEqual(node.metadata.finalizers, previous.metadata.finalizers)
    ) {
      queues.addNode(key, laneOf(node, previous));
    }
    const countMs = isCrowd ? COUNT_MS.crowd : COUNT_MS.few;
    hubs.addAfter(hub, countMs);
    if (this.shard.leadsHub(hub)) forms.addAfter(formKeyOf(changed), countMs);
  }

  private tellHubs(changes: HubChanges, node: LynqNodeObject | undefined, previous: LynqNodeObject | undefined): void {
    const isOther =
      node?.metadata.uid !== previous?.metadata.uid ||
      node?.metadata.generation !== previous?.metadata.generation ||
      node?.metadata.deletionTimestamp !== previous?.metadata.deletionTimestamp ||
      (node !== undefined && previous !== undefined && isSuspendedByHand(node) !== isSuspendedByHand(previous));
    // Both: a node that was deleted and made again may belong to another row.
    for (const one of [node, previous]) {
      if (one === undefined || !this.shard.leadsHub(hubKeyOf(one))) continue;
      const isGone = one === previous && node?.metadata.uid !== one.metadata.uid;
      if (isOther) changes.nodeChanged(hubKeyOf(one), one, isGone);
      else changes.standingChanged(hubKeyOf(one));
    }
  }
}

/** Whether both ask the same of us; annotations approve, and ask to look again. */
function isSameWish(a: LynqHubObject | undefined, b: LynqHubObject | undefined): boolean {
  return (
    a?.metadata.uid === b?.metadata.uid &&
    a?.metadata.generation === b?.metadata.generation &&
    isEqual(a?.metadata.annotations, b?.metadata.annotations)
  );
}

/** How urgent a change of a node is. What does not say that it is ready may be new; a node that is well is looked at because the operator has started. */
function laneOf(node: LynqNodeObject, previous: LynqNodeObject | undefined): number {
  if (node.metadata.deletionTimestamp !== undefined) return LANE.deletion;
  if (previous !== undefined) return node.spec.formRevision === previous.spec.formRevision ? LANE.change : LANE.bulk;
  if (node.status === undefined) return LANE.fresh;
  return isSettled(node) ? LANE.bulk : LANE.change;
}

/** Whether the node was well when it was last looked at, and nobody has asked for anything since. */
function isSettled(node: LynqNodeObject): boolean {
  const { observedGeneration, lastHandledReconcileAt, conditions } = node.status ?? {};
  return (
    observedGeneration === node.metadata.generation &&
    lastHandledReconcileAt === asked(node) &&
    findCondition(conditions, "Ready")?.status === "True"
  );
}

/** The last request to look again. */
function asked(object: { metadata: { annotations?: Record<string, string> } } | undefined): string | undefined {
  return object?.metadata.annotations?.[ANNOTATION_RECONCILE_AT];
}
