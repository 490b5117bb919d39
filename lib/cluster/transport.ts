/** Bytes to and from the API server over one pool of keep-alive connections, and one for watches. */

import * as http from "node:http";
import * as https from "node:https";
import { abortReason } from "./clock";
import { ConnectionError } from "./errors";
import { type ClusterConnection } from "./kubeconfig";
import { PermittedWrite } from "./permitted-write";
import { type WritePermit } from "./write-permit";

export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body?: string;
  /** Milliseconds from the moment the request gets a place in the pool until the whole response is read. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Asked when the connection is there, just before anything is sent. */
  readonly permit?: WritePermit;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A response whose body is still coming. */
export interface HttpStream {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Ends when the server closes; throws ConnectionError when the connection breaks. */
  readonly chunks: AsyncIterable<string>;
  close(): void;
}

/** Shorter than the 90 s after which Go's server closes an idle connection, so that a request rarely meets one just closed. */
const IDLE_SOCKET_MS = 60_000;
const TCP_PROBE_MS = 30_000;

/** All of its connections are to one server, with one authority and one identity: Node would compare their PEM texts for every request. */
class ServerAgent extends https.Agent {
  override getName(): string {
    return "";
  }
}

export class Transport {
  private readonly target: { readonly host: string; readonly port: string | number };
  private readonly basePath: string;
  private readonly secure: boolean;
  private readonly pool: http.Agent;
  private readonly watchPool: http.Agent;
  /** Not request.reusedSocket: Node leaves that unset where a request waited for its socket. */
  private readonly connected = new WeakSet<object>();

  constructor(
    private readonly connection: ClusterConnection,
    options: { maxSockets: number },
  ) {
    const { protocol, hostname, port, pathname } = new URL(connection.server);
    this.secure = protocol === "https:";
    this.target = { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? (this.secure ? 443 : 80) : port };
    this.basePath = pathname === "/" ? "" : pathname;
    const { tls } = connection;
    const shared = { keepAlive: true, keepAliveMsecs: TCP_PROBE_MS };
    const settings: https.AgentOptions = {
      rejectUnauthorized: !tls.insecureSkipVerify,
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    };
    const requests = { ...shared, maxSockets: options.maxSockets, timeout: IDLE_SOCKET_MS };
    const watches = { ...shared, maxSockets: Infinity };
    this.pool = this.secure ? new ServerAgent({ ...settings, ...requests }) : new http.Agent(requests);
    this.watchPool = this.secure ? new ServerAgent({ ...settings, ...watches }) : new http.Agent(watches);
  }

  /**
   * Sends one request and reads the whole response, whatever its status.
   * @throws ConnectionError, or the signal's reason
   */
  send(request: HttpRequest): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const exchange = this.start(request, this.pool);
      const { outgoing } = exchange;
      const deadline = setTimeout(() => {
        exchange.fail(this.timeoutError(request, exchange.sent()));
      }, request.timeoutMs);
      const finish = (answered: boolean): void => {
        clearTimeout(deadline);
        exchange.finish(answered);
      };
      // Several events tell of one failure; the first counts, and after the end of the response none.
      const onFailure = (error: unknown): void => {
        if (exchange.isOver()) return;
        reject(exchange.translate(error));
        finish(false);
      };
      outgoing.on("error", onFailure);
      outgoing.once("close", () => {
        onFailure(RESET);
      });
      outgoing.once("response", response => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", onFailure);
        response.once("end", () => {
          finish(true);
          const body = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: body.toString("utf8") });
        });
      });
    });
  }

  /**
   * Opens a response that stays open, on a pool of its own. `timeoutMs` bounds the time until its head arrives.
   * @throws ConnectionError, or the signal's reason
   */
  async open(request: HttpRequest): Promise<HttpStream> {
    const exchange = this.start(request, this.watchPool);
    const deadline = setTimeout(() => {
      exchange.fail(this.timeoutError(request, exchange.sent()));
    }, request.timeoutMs);
    try {
      const response = await head(exchange);
      response.setEncoding("utf8");
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        chunks: this.chunks(exchange, response),
        close: () => {
          exchange.fail(new ConnectionError("The stream was closed by us.", { code: "CLOSED", requestSent: true }));
          exchange.finish();
        },
      };
    } catch (error) {
      exchange.finish();
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Closes every connection; requests under way fail. */
  close(): void {
    this.pool.destroy();
    this.watchPool.destroy();
  }

  private async *chunks(exchange: Exchange, response: http.IncomingMessage): AsyncGenerator<string> {
    try {
      const iterator: AsyncIterator<unknown> = response[Symbol.asyncIterator]();
      for (;;) {
        const next = await guard(exchange, iterator.next());
        if (next.done === true) return;
        if (typeof next.value === "string") yield next.value;
      }
    } finally {
      response.destroy();
      exchange.finish();
    }
  }

  private start(request: HttpRequest, agent: http.Agent): Exchange {
    const { signal } = request;
    const headers = request.body === undefined ? request.headers : withLength(request.headers, request.body);
    const outgoing = (this.secure ? https : http).request({
      agent,
      method: request.method,
      ...this.target,
      path: this.basePath + request.path,
      headers,
    });
    let sent = false;
    let over = false;
    let failure: Error | undefined;
    const fail = (error: Error): void => {
      failure ??= error;
      outgoing.destroy();
    };
    const onAbort = (): void => {
      if (signal !== undefined) fail(abortReason(signal));
    };
    const onConnection = (): void => {
      if (permitted === undefined) sent = true;
      else sent = permitted.send();
    };
    outgoing.once("socket", socket => {
      if (this.connected.has(socket)) onConnection();
      else
        socket.once(this.secure ? "secureConnect" : "connect", () => {
          this.connected.add(socket);
          onConnection();
        });
    });
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
    const permitted = request.permit && new PermittedWrite(outgoing, request, request.permit, fail);
    if (permitted === undefined) outgoing.end(request.body);
    return {
      outgoing,
      fail,
      sent: () => sent,
      isOver: () => over,
      translate: error => failure ?? this.connectionError(request, error, sent),
      failure: () => failure,
      finish: (answered = false) => {
        over = true;
        signal?.removeEventListener("abort", onAbort);
        permitted?.finish(answered);
      },
    };
  }

  private timeoutError(request: HttpRequest, requestSent: boolean): ConnectionError {
    const message = `${request.method} ${pathOnly(request.path)} on ${this.connection.server} was not answered within ${request.timeoutMs} ms.`;
    return new ConnectionError(message, { code: "TIMEOUT", requestSent });
  }

  private connectionError(request: HttpRequest, error: unknown, requestSent: boolean): ConnectionError {
    // Not instanceof: errors of Node's core belong to another realm under Jest.
    const fields: { code?: unknown; message?: unknown } = typeof error === "object" && error !== null ? error : {};
    const code = typeof fields.code === "string" ? fields.code : "UNKNOWN";
    const said = typeof fields.message === "string" && fields.message !== "" ? `${code}: ${fields.message}` : code;
    const what = requestSent ? "The connection broke during" : "Cannot connect for";
    const message = `${what} ${request.method} ${pathOnly(request.path)} on ${this.connection.server} (${said}).`;
    return new ConnectionError(message, { code, requestSent, cause: error });
  }
}

/** What Node says of a connection that ends without a word. */
const RESET = { code: "ECONNRESET" };

/** One request on its way. */
interface Exchange {
  readonly outgoing: http.ClientRequest;
  /** Ends the exchange; everything that waits on it rejects with this error. */
  fail(error: Error): void;
  /** Whether the server may have seen the request. */
  sent(): boolean;
  /** Whether nothing that happens to the connection matters any more. */
  isOver(): boolean;
  /** What broke the exchange, as one of our errors. */
  translate(error: unknown): Error;
  /** Why we ended it ourselves. */
  failure(): Error | undefined;
  /** @param answered whether the whole response was read */
  finish(answered?: boolean): void;
}

/** The head of the response. */
function head(exchange: Exchange): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { outgoing } = exchange;
    let answered = false;
    outgoing.once("response", response => {
      answered = true;
      resolve(response);
    });
    outgoing.on("error", error => {
      reject(exchange.translate(error));
    });
    outgoing.once("close", () => {
      if (!answered) reject(exchange.translate(RESET));
    });
  });
}

/** Awaits a read of the body and turns whatever breaks it into a ConnectionError. */
async function guard<Value>(exchange: Exchange, read: Promise<Value>): Promise<Value> {
  try {
    const value = await read;
    const ended = exchange.failure();
    if (ended !== undefined) throw ended;
    return value;
  } catch (error) {
    throw exchange.translate(error);
  }
}

function withLength(headers: http.OutgoingHttpHeaders, body: string): http.OutgoingHttpHeaders {
  return { ...headers, "Content-Length": Buffer.byteLength(body) };
}

function pathOnly(path: string): string {
  return path.split("?", 1)[0] ?? path;
}
