import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../../crds";
import { BlueprintError } from "../../blueprint/errors";
import { type Informer, type ProcessResult } from "../../cluster";
import { ANNOTATION_RECONCILE_AT, FINALIZER_HUB } from "../../metadata";
import { nextPace } from "../../plan/sync-pace";
import { addFinalizer } from "../finalizer";
import { type HubReader } from "./hub-reader";
import { HubCleanup } from "./hub-cleanup";
import { intervalMs, syncIntervalOf } from "./hub-settings";
import { HubNodes } from "./hub-nodes";
import { HubPublisher } from "./hub-publisher";
import { HubRows } from "./hub-rows";
import { HubScopes, type Scope } from "./hub-scopes";
import { type HubState, HubStates } from "./hub-state";
import { HubSync, type HubSyncOptions } from "./hub-sync";
import { HUBS } from "../kinds";
import { CROWD } from "../lanes";
import { metrics } from "../metrics";
import { type NodeWriter } from "./node-writer";
import { type Revision, type Revisions } from "../form/revisions";
import { rowKey } from "./row-key";

export interface HubControllerOptions extends HubSyncOptions {
  /** Whether hubs, forms and nodes are all known; until then only what is being deleted is looked after. */
  readonly isComplete: () => boolean;
  readonly hubs: Informer<LynqHubObject>;
  readonly forms: Informer<LynqFormObject>;
  readonly nodes: Informer<LynqNodeObject>;
  readonly revisions: Revisions;
  readonly writer: NodeWriter;
  readonly reader: HubReader;
  /** There is something to look at: reconcile the hub, now or in so many milliseconds. */
  readonly lookAt: (key: string, ms: number) => void;
  readonly random?: () => number;
}

/** How much earlier than its interval a read may come, so that hubs do not all read at once. */
const JITTER = 0.1;
/** One of our kinds is not served: it is about to come, or Lynq is being removed. */
const INCOMPLETE_MS = 1000;
/** Changes that come together are looked at together. */
const STANDING_MS = 1000;
/** How long rows are written before everything is looked at, where what one node does concerns the others. */
const ROWS_FIRST_MS = 50;
/** A timer of more than 2^31 milliseconds would fire at once. */
const LONGEST_WAIT_MS = 86_400_000;

/** Keeps the LynqNodes of a hub in step with the rows of its table. */
export class HubController {
  readonly rows: HubRows;
  private readonly states = new HubStates();
  private readonly scopes = new HubScopes();
  private readonly nodes: HubNodes;
  private readonly sync: HubSync;
  private readonly cleanup: HubCleanup;
  private readonly publisher: HubPublisher;

  constructor(private readonly options: HubControllerOptions) {
    const { cluster, forms, nodes, index, revisions, writer } = options;
    this.nodes = new HubNodes(cluster, forms, revisions, writer, nodes);
    this.cleanup = new HubCleanup(cluster, index, this.nodes);
    this.publisher = new HubPublisher(cluster, forms, index);
    this.sync = new HubSync({ ...options, nodes: this.nodes, publisher: this.publisher });
    this.rows = new HubRows({
      hubs: options.hubs,
      forms,
      index,
      states: this.states,
      nodes: this.nodes,
      existing: (hub, node) => this.sync.existing(hub, node),
      onMoved: key => {
        this.scopes.lookAtStanding(key);
        options.lookAt(key, STANDING_MS);
      },
    });
  }

  /** Look at the hub as a whole the next time: it, or a form, is another, or something may have been missed. */
  lookAtAll(key: string): void {
    this.scopes.lookAtAll(key);
  }

  /** A node is new, gone or another, so that its row may want something else of it. */
  nodeChanged(key: string, node: LynqNodeObject, isGone: boolean): void {
    this.scopes.lookAtRow(key, node.spec.uid);
    if (isGone) this.nodes.gone(key, node);
  }

  /** A node's status says something else, which concerns the others where a rollout is throttled. */
  standingChanged(key: string): void {
    this.scopes.lookAtStanding(key);
  }

  /** One read of the table, then again after the interval, whether it worked or not. */
  async poll(key: string, signal: AbortSignal): Promise<ProcessResult | undefined> {
    const hub = this.options.hubs.get(key);
    if (hub === undefined || hub.metadata.deletionTimestamp !== undefined || hub.spec.suspend === true) {
      await this.options.reader.forget(key);
      return undefined;
    }
    const startedAt = this.options.cluster.now();
    const state = this.states.of(key, hub);
    const asked = hub.metadata.annotations?.[ANNOTATION_RECONCILE_AT];
    const result = await this.options.reader.read(key, hub, {
      whole: state.wantsWhole || asked !== state.asked || startedAt >= (state.removalDueAt ?? Infinity),
      occasion: this.occasionOf(hub),
      signal,
    });
    const at = this.options.cluster.now();
    const interval = intervalMs(syncIntervalOf(hub));
    metrics.hubs.read(
      key,
      result.kind === "complete" ? { extent: result.extent, rows: result.table.seen } : { failure: result.cause },
      {
        at,
        tookMs: at - startedAt,
        intervalMs: interval,
      },
    );
    if (result.kind === "complete") {
      const isWhole = result.extent === "whole";
      state.complete = {
        generation: hub.metadata.generation ?? 0,
        table: result.table,
        at: new Date(at),
        wholeAt: isWhole ? new Date(at) : (state.complete?.wholeAt ?? new Date(at)),
      };
      state.failure = undefined;
      state.pace = nextPace(state.pace, at - startedAt, interval);
      if (isWhole) {
        state.wantsWhole = false;
        state.removalDueAt = undefined;
      }
    } else {
      state.failure = result;
    }
    state.asked = asked;
    state.looks++;
    if (result.kind === "complete") this.rowsChanged(key, hub, state, result.changed, at);
    // A look at all of a large hub takes a while: what a row wants at once goes before it.
    const first = result.kind === "complete" && result.changed.size > 0 && state.permits?.governed === true;
    this.options.lookAt(key, first ? ROWS_FIRST_MS : 0);
    const wait = interval * (1 - JITTER * (this.options.random ?? Math.random)());
    return { requeueAfterMs: Math.max(100, wait - (this.options.cluster.now() - startedAt)) };
  }

  /** Rows are written at once where the last look at the whole hub still holds; otherwise the next one does it. */
  private rowsChanged(
    key: string,
    { metadata: { generation } }: LynqHubObject,
    state: HubState,
    changed: ReadonlySet<string>,
    at: number,
  ): void {
    const isKnown = state.permits !== undefined && state.permits.generation === generation;
    for (const uid of changed) {
      this.scopes.lookAtRow(key, uid);
      state.changedAt.set(uid, at);
      if (isKnown) this.options.writeRow(rowKey(key, uid), changed.size > CROWD);
    }
  }

  /** Forms as they are: with others the whole table is read once more. */
  private occasionOf(hub: LynqHubObject): string {
    return this.formsOf(hub)
      .map(({ metadata: { uid = "", generation = 0 } }) => `${uid}/${generation}`)
      .sort()
      .join();
  }

  /** One pass over the hub with what is known of its table: over what has changed since the last one, or over all. Asks the database nothing. */
  async reconcile(key: string): Promise<ProcessResult | undefined> {
    const scope = this.scopes.take(key);
    try {
      return await this.pass(key, scope);
    } catch (error) {
      this.scopes.lookAtAll(key);
      throw error;
    }
  }

  private async pass(key: string, scope: Scope): Promise<ProcessResult | undefined> {
    // 1. What is there?
    const hub = this.options.hubs.get(key);
    if (hub === undefined) {
      this.states.forget(key);
      this.nodes.forget(key);
      await this.options.reader.forget(key);
      return undefined;
    }
    const state = this.states.of(key, hub);

    // 2. On its way out: its nodes first, then the hub.
    if (hub.metadata.deletionTimestamp !== undefined) {
      await this.options.reader.forget(key);
      return await this.cleanup.run(hub);
    }
    if (!this.options.isComplete()) {
      this.scopes.lookAtAll(key);
      return { requeueAfterMs: INCOMPLETE_MS };
    }
    await addFinalizer(this.options.cluster.client, HUBS, hub, FINALIZER_HUB);

    // 3. Suspended: nothing is done for its rows. Its nodes go on by themselves.
    const forms = this.formsOf(hub);
    if (hub.spec.suspend === true) {
      state.permits = undefined;
      await this.publisher.publish(hub, state, forms.length, undefined);
      return undefined;
    }

    // 4. Its forms, each with the revision of its content. One that cannot be had keeps nobody else waiting.
    const errors: unknown[] = [];
    const left: boolean[] = [];
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        errors.push(error);
      }
    };
    const revisions = new Map<string, Revision | undefined>();
    for (const form of forms) {
      await attempt(async () => {
        revisions.set(form.metadata.name ?? "", await this.revisionOf(form, hub));
      });
    }

    // 5. to 8. Only a complete read for the hub as it is now counts.
    const { complete, failure, asked } = state;
    if (complete === undefined || complete.generation !== hub.metadata.generation) {
      this.scopes.lookAtAll(key);
      await this.publisher.publish(hub, state, forms.length, undefined, failure && asked);
    } else {
      const result = await this.sync.run({ key, hub, state, complete, forms, revisions, scope, attempt, left });

      // 9. Tell. A grace period that ends is looked at in time.
      await this.publisher.publish(hub, state, forms.length, result, asked);
      if (state.removalDueAt !== undefined && failure === undefined) {
        this.options.readAfter(key, Math.min(LONGEST_WAIT_MS, state.removalDueAt - this.options.cluster.now()));
      }
    }
    if (errors.length > 0) throw errors[0];
    // The rest of a crowd, with what the table says by now.
    if (left.includes(true)) return { requeueAfterMs: 1 };
    const { lookAgainAt } = state;
    return lookAgainAt === undefined
      ? undefined
      : { requeueAfterMs: Math.min(LONGEST_WAIT_MS, Math.max(100, lookAgainAt - this.options.cluster.now())) };
  }

  /** Undefined for a form that does not compile: its nodes stay as they are, and the form's own status says why. */
  private async revisionOf(form: LynqFormObject, hub: LynqHubObject): Promise<Revision | undefined> {
    try {
      return await this.options.revisions.current(form, hub);
    } catch (error) {
      if (error instanceof BlueprintError) return undefined;
      throw error;
    }
  }

  private formsOf(hub: LynqHubObject): LynqFormObject[] {
    return [...this.options.forms.facts()].flatMap(([, form]) =>
      form.metadata.namespace === hub.metadata.namespace &&
      form.spec.hubId === hub.metadata.name &&
      form.metadata.deletionTimestamp === undefined
        ? [form]
        : [],
    );
  }
}
