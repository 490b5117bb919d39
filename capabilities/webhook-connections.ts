import { subscribe } from "node:diagnostics_channel";
import { Server } from "node:http";
import { Server as TlsServer } from "node:https";

/** Longer than the API server keeps an idle connection to a webhook: 90 s (Go's net/http DefaultTransport). */
const KEEP_ALIVE_MS = 120_000;

/**
 * Lets connections of the API server live as long as it wants to use them. Pepr 1.1.4 leaves Node's 5 s in force, so that a request may meet a connection
 * that is just being closed, and `failurePolicy: Fail` refuses somebody's object for it (pepr#3056). Pepr hands out no server; Node names it with
 * each request.
 */
export function keepWebhookConnections(): void {
  subscribe("http.server.request.start", message => {
    const server = typeof message === "object" && message !== null && "server" in message ? message.server : undefined;
    if (server instanceof Server || server instanceof TlsServer) server.keepAliveTimeout = KEEP_ALIVE_MS;
  });
}
