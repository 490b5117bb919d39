/** Tokens from a kubeconfig exec plugin (client.authentication.k8s.io), as cloud providers give them to people. */

import { execFile } from "node:child_process";
import { isPlainObject } from "../blueprint/object";
import { type TokenSource } from "./token";

export interface ExecCommand {
  readonly user: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly apiVersion: string;
  readonly server: string;
  /** Set when the plugin asks for cluster information. */
  readonly ca?: string;
}

/** The plugin cannot be run, or its answer holds no token. */
export class ExecCredentialError extends Error {
  override readonly name = "ExecCredentialError";
}

interface ExecCredential {
  readonly token: string;
  /** Milliseconds since the epoch; Infinity when the plugin gives no end. */
  readonly expiresAt: number;
}

/** Renew a little early, so that a token does not expire on its way. */
const EARLY_MS = 30_000;
const TIMEOUT_MS = 60_000;

/** Runs the plugin when a token is needed and the last one has expired. Plugins that answer with certificates are refused. */
export function execCredentials(command: ExecCommand, now: () => number = Date.now): TokenSource {
  let cached: ExecCredential | undefined;
  let running: Promise<string> | undefined;
  const run = async (): Promise<string> => {
    cached = parseCredential(command, await runPlugin(command));
    return cached.token;
  };
  return {
    get: (refresh = false) => {
      if (cached !== undefined && !refresh && now() < cached.expiresAt - EARLY_MS) return Promise.resolve(cached.token);
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

function runPlugin(plugin: ExecCommand): Promise<string> {
  const cluster =
    plugin.ca === undefined
      ? {}
      : { cluster: { server: plugin.server, "certificate-authority-data": Buffer.from(plugin.ca).toString("base64") } };
  const info = { apiVersion: plugin.apiVersion, kind: "ExecCredential", spec: { interactive: false, ...cluster } };
  const env = { ...process.env, ...Object.fromEntries(plugin.env), KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  return new Promise((resolve, reject) => {
    execFile(plugin.command, [...plugin.args], { env, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else {
        // stdout may hold a token, so only stderr is quoted.
        const said = stderr.trim().slice(0, 500);
        const why = typeof error.code === "string" ? error.code : `exit ${error.code ?? error.signal ?? "unknown"}`;
        reject(
          new ExecCredentialError(
            `The exec plugin "${plugin.command}" of user "${plugin.user}" failed (${why}): ${said}`,
          ),
        );
      }
    });
  });
}

function parseCredential(plugin: ExecCommand, stdout: string): ExecCredential {
  const refuse = (why: string): ExecCredentialError =>
    new ExecCredentialError(`The exec plugin "${plugin.command}" of user "${plugin.user}" ${why}`);
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw refuse("did not print an ExecCredential as JSON.");
  }
  const status = isPlainObject(answer) && isPlainObject(answer.status) ? answer.status : {};
  if (typeof status.token !== "string" || status.token === "") {
    throw refuse("gave no token; plugins that give client certificates are not supported.");
  }
  const expires = typeof status.expirationTimestamp === "string" ? Date.parse(status.expirationTimestamp) : NaN;
  return { token: status.token, expiresAt: Number.isNaN(expires) ? Infinity : expires };
}
