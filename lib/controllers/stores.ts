import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../crds";
import { Informer } from "../cluster";
import { ANNOTATION_APPROVE_PLAN, ANNOTATION_APPROVE_STEP, ANNOTATION_RECONCILE_AT, API_GROUP } from "../metadata";
import { isSuspendedByHand } from "../plan/suspension";
import { type Cluster } from "./cluster";
import { formKeyOf, hubKeyOf, keyOf } from "./keys";
import { FORMS, HUBS, NODES, toForm, toHub, toNode } from "./kinds";
import { NodeIndex } from "./node-index";
import { LANE } from "./lanes";
import { metrics } from "./metrics";
import { type Queues } from "./queues";
import { CRDS } from "./uninstall";

/** Counts of hubs and forms follow their nodes at most this often. */
const COUNT_MS = 1000;
/** Nodes that go together are looked at together. */
export const GONE_MS = 50;

/** Hubs, forms, nodes and the names of CRDs, each by one watch. A change only adds keys to the queues: of whoever has to look again. */
export class Stores {
  readonly hubs: Informer<LynqHubObject>;
  readonly forms: Informer<LynqFormObject>;
  readonly nodes: Informer<LynqNodeObject>;
  readonly index = new NodeIndex();
  private readonly crds: Informer<string>;

  /** @param nodesWaitingForKinds keys of nodes that may find the kind that they wait for when a CRD changes */
  constructor(
    { client, discovery, schemas }: Cluster,
    private readonly queues: Queues,
    nodesWaitingForKinds: () => string[],
    onError: (error: unknown) => void,
  ) {
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
        for (const key of nodesWaitingForKinds()) queues.nodes.add(key);
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

  async stop(): Promise<void> {
    await Promise.all(this.all().map(store => store.stop()));
  }

  private all() {
    return [this.hubs, this.forms, this.nodes, this.crds];
  }

  private hubChanged(key: string, hub: LynqHubObject | undefined, previous: LynqHubObject | undefined): void {
    metrics.hubChanged(key, hub);
    if (asked(hub) !== asked(previous)) this.queues.reads.add(key);
    if (hub?.metadata.generation !== previous?.metadata.generation) {
      this.queues.reads.add(key);
      for (const [formKey, form] of this.forms.facts()) if (hubKeyOf(form) === key) this.queues.forms.add(formKey);
    }
    this.queues.hubs.add(key);
  }

  private formChanged(key: string, form: LynqFormObject | undefined, previous: LynqFormObject | undefined): void {
    metrics.formChanged(key, form);
    this.queues.forms.add(key);
    if (form?.spec.suspend !== previous?.spec.suspend) this.lookAtNodesOf(form ?? previous);
    const approvals = [ANNOTATION_APPROVE_PLAN, ANNOTATION_APPROVE_STEP];
    if (
      form?.metadata.generation === previous?.metadata.generation &&
      form?.metadata.uid === previous?.metadata.uid &&
      approvals.every(one => form?.metadata.annotations?.[one] === previous?.metadata.annotations?.[one])
    )
      return;
    // Both: a form that was deleted and made again may serve another hub.
    for (const one of [form, previous]) if (one !== undefined) this.queues.hubs.add(hubKeyOf(one));
  }

  private lookAtNodesOf(form: LynqFormObject | undefined): void {
    const { namespace = "", name = "" } = form?.metadata ?? {};
    for (const node of this.index.ofForm(namespace, name)) this.queues.nodes.add(keyOf(node), LANE.change);
  }

  private nodeChanged(key: string, node: LynqNodeObject | undefined, previous: LynqNodeObject | undefined): void {
    this.index.update(key, node, previous);
    metrics.nodeChanged(key, node, previous);
    const changed = node ?? previous;
    if (changed === undefined) return;
    const { generation, deletionTimestamp } = changed.metadata;
    const { nodes, hubs, forms } = this.queues;
    if (node === undefined) {
      // Gone: its hub may want it back, and a deleted hub waits for it.
      hubs.addAfter(hubKeyOf(changed), GONE_MS, LANE.child);
      nodes.add(key);
    } else if (
      previous === undefined ||
      generation !== previous.metadata.generation ||
      deletionTimestamp !== previous.metadata.deletionTimestamp ||
      asked(node) !== asked(previous) ||
      isSuspendedByHand(node) !== isSuspendedByHand(previous) ||
      JSON.stringify(node.metadata.finalizers) !== JSON.stringify(previous.metadata.finalizers)
    ) {
      nodes.add(key, deletionTimestamp === undefined ? LANE.change : LANE.deletion);
    }
    hubs.addAfter(hubKeyOf(changed), COUNT_MS);
    forms.addAfter(formKeyOf(changed), COUNT_MS);
  }
}

/** The last request to look again. */
function asked(object: { metadata: { annotations?: Record<string, string> } } | undefined): string | undefined {
  return object?.metadata.annotations?.[ANNOTATION_RECONCILE_AT];
}
