/** Keeps facts about every object of one kind up to date, through lists and watches, for as long as we run. */

import { formatApiVersion, type KubernetesObject } from "../blueprint/object";
import { backoffDelay, type BackoffOptions } from "./backoff";
import { type ApiClient } from "./client";
import { sleep, systemClock, type Clock } from "./clock";
import { ApiError, apiErrorFromWatch, ConnectionError } from "./errors";
import { EventLines, type WatchEvent } from "./event-lines";
import { FactStore, type OnChange, type Others } from "./fact-store";
import { FairTurns } from "./fair-turns";
import { Gate } from "./gate";
import { type ApiResource } from "./resource";
import { isKubernetesObject, withType } from "./response";
import { type HttpStream } from "./transport";

export interface InformerOptions<Fact> {
  readonly client: Pick<ApiClient, "pages" | "watch">;
  /** A function is asked before every list: undefined while the server does not serve the kind. */
  readonly resource: ApiResource | (() => Promise<ApiResource | undefined>);
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Have the server send metadata only: no spec, no status. */
  readonly metadataOnly?: boolean;
  /** What is kept of an object. Must not keep the object itself alive. */
  readonly toFact: (object: KubernetesObject) => Fact;
  readonly onChange?: OnChange<Fact>;
  /** Which objects are kept. Default: all that the selectors let through. */
  readonly others?: Others;
  /** Troubles that the informer survives by itself, for logs and metrics. */
  readonly onError?: (error: unknown) => void;
  /** Objects per page of a list. Default 500. */
  readonly pageSize?: number;
  /** Between failed attempts. Default 500 ms to 10 s. */
  readonly backoff?: BackoffOptions;
  /**
   * A watch that says nothing for so long is taken for dead and opened again where it was. Default 150,000 ms: a
   * healthy server sends a bookmark about once a minute.
   */
  readonly silenceMs?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

const DEFAULT_BACKOFF: BackoffOptions = { baseMs: 500, capMs: 10_000 };
const DEFAULT_SILENCE_MS = 150_000;
/** The server closes a watch after a random 5 to 10 minutes, so that not all come back at once. As client-go. */
const WATCH_SECONDS = { min: 300, max: 600 };
/** A watch that ends sooner than this without a word counts as a failure. As client-go's "very short watch". */
const SHORT_WATCH_MS = 1_000;
const LIST_SPACING_MS = 10_000;

export class Informer<Fact> {
  private readonly store: FactStore<Fact>;
  private readonly stopping = new AbortController();
  private readonly synced = new Gate();
  private readonly answered = new Gate();
  private readonly turns = new FairTurns();
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly backoff: BackoffOptions;
  private running: Promise<void> | undefined;
  private failures = 0;
  private missing = false;
  private resource: ApiResource | undefined;
  /** Where the next watch goes on; empty when a list is due. */
  private resourceVersion = "";
  /** When the last list began. */
  private listedAt = -Infinity;
  private pausing: AbortController | undefined;

  constructor(private readonly options: InformerOptions<Fact>) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.backoff = options.backoff ?? DEFAULT_BACKOFF;
    const report = (error: unknown): void => {
      this.report(error);
    };
    const tell: OnChange<Fact> = (...change) => {
      try {
        this.options.onChange?.(...change);
      } catch (error) {
        this.report(error);
      }
    };
    this.store = new FactStore(options.toFact, tell, report, options.others);
  }

  /** Begins to list and watch; returns at once. Only the first call has an effect. */
  start(): void {
    this.running ??= this.run();
  }

  /** Ends the watch and resolves when nothing will call back any more. The store stays readable. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Ends a wait between attempts early, for instance because the CRD of a missing kind has appeared. */
  retryNow(): void {
    this.failures = 0;
    this.pausing?.abort();
  }

  /** True once a list has been complete. Stays true: what is known may be old while the server is away. */
  hasSynced(): boolean {
    return this.synced.isOpen;
  }

  /** True while the server does not serve the kind. What was known is kept: the kind may only be away for a moment. */
  isMissing(): boolean {
    return this.missing;
  }

  /** Resolves once a list has been complete. Rejects with the signal's reason, or when the informer is stopped first. */
  waitForSync(signal?: AbortSignal): Promise<void> {
    return this.synced.wait([this.stopping.signal, ...(signal === undefined ? [] : [signal])]);
  }

  /** Resolves once a list has been complete, or the server has said that it does not serve the kind. Rejects as {@link waitForSync}. */
  waitForAnswer(signal?: AbortSignal): Promise<void> {
    return this.answered.wait([this.stopping.signal, ...(signal === undefined ? [] : [signal])]);
  }

  /** Everything up to this revision of the collection is in the store; empty before the first list. */
  get revision(): string {
    return this.resourceVersion;
  }

  get size(): number {
    return this.store.size;
  }

  /** @param key `namespace/name`, or the name of an object of the cluster */
  get(key: string): Fact | undefined {
    return this.store.get(key);
  }

  has(key: string): boolean {
    return this.store.has(key);
  }

  keys(): IterableIterator<string> {
    return this.store.keys();
  }

  facts(): Generator<[key: string, fact: Fact], void, undefined> {
    return this.store.facts();
  }

  private async run(): Promise<void> {
    while (!this.isStopped()) {
      try {
        if (this.resourceVersion === "") await this.list();
        else await this.watch();
      } catch (error) {
        if (!this.isStopped()) await this.recover(error);
      }
    }
  }

  /** Decides what a failure means for the next round, and waits. Never throws. */
  private async recover(error: unknown): Promise<void> {
    let retryAfterMs = 0;
    let expired = false;
    if (error instanceof ApiError) {
      expired = error.isGone();
      // 410: the revision is too old to go on from. 404: the kind is gone, and what comes back may be another one.
      if (expired || error.isNotFound() || error.status === 400) this.resourceVersion = "";
      if (error.isNotFound()) this.isNotServed();
      retryAfterMs = (error.retryAfterSeconds ?? 0) * 1_000;
    }
    this.failures++;
    // A revision expires in every outage and long silence, of all kinds at once: the server is well, so list soon, but not all together, nor in a row.
    if (expired && this.clock.now() - this.listedAt >= LIST_SPACING_MS) {
      await this.wait(this.random() * this.backoff.baseMs);
      return;
    }
    this.report(error);
    await this.pause(retryAfterMs);
  }

  /** Waits as long as the failures in a row demand, and at least `atLeastMs`. */
  private pause(atLeastMs = 0): Promise<void> {
    return this.wait(Math.max(backoffDelay(this.backoff, this.failures, this.random), atLeastMs));
  }

  private async wait(ms: number): Promise<void> {
    const pausing = new AbortController();
    this.pausing = pausing;
    try {
      await sleep(this.clock, ms, AbortSignal.any([this.stopping.signal, pausing.signal]));
    } catch {
      // Woken or stopped: the loop sees which.
    }
  }

  private async list(): Promise<void> {
    const { resource } = this.options;
    this.resource = typeof resource === "function" ? await resource() : resource;
    if (this.resource === undefined) {
      this.isNotServed();
      this.failures++;
      await this.pause();
      return;
    }
    this.listedAt = this.clock.now();
    this.store.beginList();
    let resourceVersion = "";
    const options = { ...this.selection(), signal: this.stopping.signal, limit: this.options.pageSize ?? 500 };
    for await (const page of this.options.client.pages(this.resource, options)) {
      resourceVersion = page.resourceVersion;
      await this.upsert(page.items);
      if (this.isStopped()) return;
    }
    this.store.endList();
    this.missing = false;
    // Failures are forgotten by a watch that works: lists alone must not follow each other at full speed.
    this.resourceVersion = resourceVersion;
    this.synced.open();
    this.answered.open();
  }

  private async upsert(objects: readonly KubernetesObject[]): Promise<void> {
    for (const object of objects) {
      await this.turns.next();
      if (this.isStopped()) return;
      this.store.upsert(object);
    }
  }

  private isNotServed(): void {
    this.missing = true;
    this.answered.open();
  }

  private async watch(): Promise<void> {
    if (this.resource === undefined) return;
    const { min, max } = WATCH_SECONDS;
    const startedAt = this.clock.now();
    const stream = await this.options.client.watch(this.resource, {
      ...this.selection(),
      signal: this.stopping.signal,
      resourceVersion: this.resourceVersion,
      timeoutSeconds: min + Math.floor(this.random() * (max - min)),
    });
    const lasted = (): boolean => this.clock.now() - startedAt >= SHORT_WATCH_MS;
    let heard = false;
    try {
      heard = await this.read(stream);
    } finally {
      // However it ended: a watch that lasted was a success.
      if (heard || lasted()) this.failures = 0;
    }
    if (heard || lasted()) return;
    throw new ConnectionError("The server closed a watch without a word.", { code: "SHORT", requestSent: true });
  }

  /** Reads until the server closes or falls silent; true unless the server closed without a word. */
  private async read(stream: HttpStream): Promise<boolean> {
    const lines = new EventLines();
    const silence = { reached: false, events: 0 };
    const listen = () =>
      this.clock.after(this.options.silenceMs ?? DEFAULT_SILENCE_MS, () => {
        silence.reached = true;
        stream.close();
      });
    let alarm = listen();
    try {
      for await (const chunk of stream.chunks) {
        alarm.cancel();
        alarm = listen();
        for (const event of lines.push(chunk)) {
          this.take(event);
          silence.events++;
          this.failures = 0;
        }
        if (this.isStopped()) break;
      }
    } catch (error) {
      // Silence has been waiting enough: the watch is opened again where it was, at once.
      if (!silence.reached) throw error;
    } finally {
      alarm.cancel();
      stream.close();
    }
    return silence.events > 0 || silence.reached;
  }

  private take(event: WatchEvent): void {
    if (event.type === "ERROR") throw apiErrorFromWatch(this.resource?.plural ?? "", event.object);
    const object = this.typed(event.object);
    if (!isKubernetesObject(object)) return;
    const { resourceVersion } = object.metadata;
    if (event.type === "ADDED" || event.type === "MODIFIED") this.store.upsert(object);
    else if (event.type === "DELETED") this.store.remove(object);
    // Bookmarks carry nothing but this.
    if (resourceVersion !== undefined && resourceVersion !== "") this.resourceVersion = resourceVersion;
  }

  /** Where only metadata is sent, events hide the kind as lists do. */
  private typed(object: unknown): unknown {
    if (this.resource === undefined || this.options.metadataOnly !== true) return object;
    return withType(object, { apiVersion: formatApiVersion(this.resource), kind: this.resource.kind });
  }

  /** A method, so that the compiler does not take the answer for settled across an await. */
  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private report(error: unknown): void {
    try {
      this.options.onError?.(error);
    } catch {
      // Whoever reports troubles must not become one.
    }
  }

  private selection(): Pick<InformerOptions<Fact>, "namespace" | "labelSelector" | "fieldSelector" | "metadataOnly"> {
    const { namespace, labelSelector, fieldSelector, metadataOnly } = this.options;
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(metadataOnly === undefined ? {} : { metadataOnly }),
    };
  }
}
