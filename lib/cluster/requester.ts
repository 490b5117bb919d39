/** One user's requests over a shared pool: headers, token, place in the pool, retries, observation. */

import { setMaxListeners } from "node:events";
import { version } from "../../package.json";
import {
  type ApiClientOptions,
  type QueryValue,
  type RequestOptions,
  type Verb,
  type WatchOptions,
} from "./client-options";
import { sleep, systemClock, type Clock } from "./clock";
import { ConcurrencyLimit, type Priority } from "./concurrency-limit";
import { ApiError, apiErrorFrom, ConnectionError } from "./errors";
import { type ClusterConnection, type Impersonation } from "./kubeconfig";
import { parseJson } from "./response";
import { DEFAULT_RETRY, retryDelay, type RetryPolicy } from "./retry";
import { Transport, type HttpStream } from "./transport";
import { type WritePermit } from "./write-permit";

export interface Answer {
  readonly status: number;
  /** Parsed JSON. */
  readonly value: unknown;
}

/** What clients of the same server have in common, whoever they act as. */
interface Pool {
  readonly transport: Transport;
  readonly limit: ConcurrencyLimit;
}

const DEFAULT_SOCKETS = 64;
const DEFAULT_TIMEOUT_MS = 30_000;

export class Requester {
  readonly limit: ConcurrencyLimit;
  private readonly transport: Transport;
  private readonly retry: RetryPolicy;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly baseHeaders: Readonly<Record<string, string | string[]>>;

  constructor(
    private readonly connection: ClusterConnection,
    private readonly options: ApiClientOptions,
    pool?: Pool,
  ) {
    const maxSockets = options.maxSockets ?? DEFAULT_SOCKETS;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.transport = pool?.transport ?? new Transport(connection, { maxSockets });
    this.limit = pool?.limit ?? new ConcurrencyLimit({ max: maxSockets, now: () => this.clock.now() });
    this.retry = { ...DEFAULT_RETRY, ...options.retry };
    this.baseHeaders = {
      "User-Agent": options.userAgent ?? `lynq/${version}`,
      ...impersonationHeaders(connection.impersonate),
    };
  }

  as(impersonate: Impersonation): Requester {
    return new Requester({ ...this.connection, impersonate }, this.options, this.pool);
  }

  of(priority: Priority): Requester {
    return new Requester(this.connection, { ...this.options, priority }, this.pool);
  }

  permittedBy(permit: WritePermit): Requester {
    return new Requester(this.connection, { ...this.options, permit }, this.pool);
  }

  close(): void {
    this.transport.close();
  }

  private get pool(): Pool {
    return { transport: this.transport, limit: this.limit };
  }

  /** Sends, and sends again where that is harmless and may help. A refused token is renewed once. */
  async exchange(method: string, path: string, options: RequestOptions): Promise<Answer> {
    // One signal for many requests is ordinary: Node would call the eleventh a leak.
    if (options.signal !== undefined) setMaxListeners(0, options.signal);
    const idempotent = options.idempotent ?? method !== "POST";
    const body =
      options.body === undefined || typeof options.body === "string" ? options.body : JSON.stringify(options.body);
    let renewed = false;
    let renew = false;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(method, path, options, body, renew);
      } catch (error) {
        renew = !renewed && this.connection.token !== undefined && error instanceof ApiError && error.status === 401;
        if (renew) {
          renewed = true;
          continue;
        }
        const delay = retryDelay(this.retry, error, attempt, idempotent, this.random);
        if (delay === undefined) throw error;
        await sleep(this.clock, delay, options.signal);
      }
    }
  }

  /** Opens a watch, which takes no place in the pool. Not tried again: the informer does that. */
  async open(path: string, accept: string, resource: string, options: WatchOptions): Promise<HttpStream> {
    const what = { verb: "watch", resource } as const;
    const startedAt = this.clock.now();
    let stream: HttpStream;
    try {
      stream = await this.transport.open({
        method: "GET",
        path: withQuery(path, {
          watch: true,
          allowWatchBookmarks: true,
          labelSelector: options.labelSelector,
          fieldSelector: options.fieldSelector,
          resourceVersion: options.resourceVersion,
          timeoutSeconds: options.timeoutSeconds,
        }),
        headers: await this.headers(accept, false),
        timeoutMs: options.timeoutMs ?? this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      if (error instanceof ConnectionError) this.observe(what, error.code, startedAt);
      throw error;
    }
    this.observe(what, stream.status, startedAt);
    if (stream.status < 300) return stream;
    if (stream.status === 401) await this.connection.token?.get(true);
    let body = "";
    for await (const chunk of stream.chunks) body += chunk;
    throw apiErrorFrom({ method: "WATCH", path }, stream.status, body, stream.headers["retry-after"]);
  }

  private async attempt(
    method: string,
    path: string,
    options: RequestOptions,
    body: string | undefined,
    renewToken: boolean,
  ): Promise<Answer> {
    const { signal } = options;
    const permit = method === "GET" ? undefined : this.options.permit;
    const headers = await this.headers(options.accept ?? "application/json", renewToken);
    if (body !== undefined) headers["Content-Type"] = options.contentType ?? "application/json";
    await this.limit.acquire(signal, this.options.priority);
    const what = { verb: options.verb ?? verbOf(method), resource: options.resource ?? "" };
    const startedAt = this.clock.now();
    try {
      permit?.check();
      const response = await this.transport.send({
        method,
        path: withQuery(path, options.query),
        headers,
        timeoutMs: options.timeoutMs ?? this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
        ...(permit === undefined ? {} : { permit }),
      });
      const { status } = response;
      this.observe(what, status, startedAt);
      if (status >= 200 && status < 300) {
        const kind = `${what.verb} ${what.resource}`;
        this.limit.succeeded(method === "GET" ? undefined : { kind, ms: this.clock.now() - startedAt });
        return { status, value: parseJson(response.body, `${method} ${path}`) };
      }
      if (status === 429 || status === 503) this.limit.overloaded();
      throw apiErrorFrom({ method, path }, status, response.body, response.headers["retry-after"]);
    } catch (error) {
      if (error instanceof ConnectionError) {
        if (error.code === "TIMEOUT") this.limit.overloaded();
        this.observe(what, error.code, startedAt);
      }
      throw error;
    } finally {
      this.limit.release(this.options.priority);
    }
  }

  private async headers(accept: string, renewToken: boolean): Promise<Record<string, string | string[]>> {
    const headers: Record<string, string | string[]> = { ...this.baseHeaders, Accept: accept };
    const { token } = this.connection;
    if (token !== undefined) headers.Authorization = `Bearer ${await token.get(renewToken)}`;
    return headers;
  }

  private observe(what: { verb: Verb; resource: string }, code: number | string, startedAt: number): void {
    this.options.observe?.({ ...what, code, durationMs: this.clock.now() - startedAt });
  }
}

function withQuery(path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
  let text = "";
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) text += `${text === "" ? "?" : "&"}${name}=${encodeURIComponent(value)}`;
  }
  return path + text;
}

function verbOf(method: string): Verb {
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return "delete";
    default:
      return "get";
  }
}

function impersonationHeaders(as: Impersonation | undefined): Record<string, string | string[]> {
  if (as === undefined) return {};
  return {
    "Impersonate-User": as.user,
    ...(as.groups === undefined || as.groups.length === 0 ? {} : { "Impersonate-Group": [...as.groups] }),
    ...(as.uid === undefined ? {} : { "Impersonate-Uid": as.uid }),
  };
}
