/** A server for specs that answers as it is told, faults included, and remembers what it was asked. */

import { type AddressInfo, type Socket } from "node:net";
import * as http from "node:http";
import * as https from "node:https";
import { type ClusterConnection } from "../kubeconfig";

export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** 1 for the first request that this server received. */
  readonly number: number;
  readonly socket: Socket;
}

export type Handler = (request: ReceivedRequest, response: http.ServerResponse) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly connection: ClusterConnection;
  readonly requests: readonly ReceivedRequest[];
  /** Connections accepted so far. */
  readonly connections: number;
  /** Also ends responses that are still open. */
  close(): Promise<void>;
}

export interface ScriptedServerOptions {
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string; readonly requestCert?: boolean };
  readonly port?: number;
}

export async function startServer(handler: Handler, options: ScriptedServerOptions = {}): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  let connections = 0;
  const listener: http.RequestListener = (incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const url = new URL(incoming.url ?? "/", "http://server");
      const received: ReceivedRequest = {
        method: incoming.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(parts).toString("utf8"),
        number: requests.length + 1,
        socket: incoming.socket,
      };
      requests.push(received);
      handler(received, response);
    });
  };
  const server = options.tls === undefined ? http.createServer(listener) : https.createServer(options.tls, listener);
  server.on("connection", () => {
    connections++;
  });
  await new Promise<void>(resolve => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const address = server.address();
  const scheme = options.tls === undefined ? "http" : "https";
  const url = `${scheme}://127.0.0.1:${isAddress(address) ? address.port : 0}`;
  return {
    url,
    connection: { server: url, tls: { insecureSkipVerify: false }, namespace: "default" },
    requests,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export function sendJson(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** As the API server refuses. */
export function sendStatus(
  response: http.ServerResponse,
  code: number,
  reason: string,
  message: string,
  details: object = {},
  headers: http.OutgoingHttpHeaders = {},
): void {
  sendJson(
    response,
    code,
    { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message, details },
    headers,
  );
}

function isAddress(value: AddressInfo | string | null): value is AddressInfo {
  return typeof value === "object" && value !== null;
}
