/** Where the API server is and how to prove who we are, from a kubeconfig or from a pod's ServiceAccount. */

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { parse } from "yaml";
import { isPlainObject } from "../blueprint/object";
import { execCredentials, type ExecCommand } from "./exec-credential";
import { fileToken, staticToken, type TokenSource } from "./token";

export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
}

export interface TlsSettings {
  /** PEM text; the system's authorities are used when absent. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecureSkipVerify: boolean;
  readonly serverName?: string;
}

/** All that a client needs to talk to one API server as one user. */
export interface ClusterConnection {
  /** Base URL without a trailing slash; `http:` for plain servers. */
  readonly server: string;
  readonly tls: TlsSettings;
  readonly token?: TokenSource;
  /** Namespace of the context or of the pod. */
  readonly namespace: string;
  readonly impersonate?: Impersonation;
}

/** The settings name something that is missing, contradictory or not supported. */
export class KubeconfigError extends Error {
  override readonly name = "KubeconfigError";
}

export interface LoadOptions {
  /** Paths as in KUBECONFIG; overrides the environment. */
  readonly kubeconfig?: string;
  /** Overrides the current context. */
  readonly context?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where a pod finds its ServiceAccount. */
  readonly serviceAccountFolder?: string;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Connection settings in the order of controller-runtime: explicit kubeconfig or KUBECONFIG, then the pod's
 * ServiceAccount, then `~/.kube/config`.
 * @throws KubeconfigError
 */
export function loadConnection(options: LoadOptions = {}): ClusterConnection {
  const env = options.env ?? process.env;
  const named = options.kubeconfig ?? env.KUBECONFIG;
  if (named !== undefined && named !== "") return fromKubeconfig(named, options.context);
  const folder = options.serviceAccountFolder ?? SERVICE_ACCOUNT;
  if (env.KUBERNETES_SERVICE_HOST !== undefined && options.context === undefined && existsSync(join(folder, "token"))) {
    return fromServiceAccount(folder, env);
  }
  const home = join(env.HOME ?? homedir(), ".kube", "config");
  if (existsSync(home)) return fromKubeconfig(home, options.context);
  throw new KubeconfigError(
    "No cluster is configured: KUBECONFIG is not set, ~/.kube/config does not exist, and this is not a pod with a ServiceAccount token.",
  );
}

function fromServiceAccount(folder: string, env: Readonly<Record<string, string | undefined>>): ClusterConnection {
  const host = env.KUBERNETES_SERVICE_HOST ?? "";
  const port = env.KUBERNETES_SERVICE_PORT_HTTPS ?? env.KUBERNETES_SERVICE_PORT ?? "443";
  const namespaceFile = join(folder, "namespace");
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    tls: { ca: readText(join(folder, "ca.crt"), "the ServiceAccount"), insecureSkipVerify: false },
    token: fileToken(join(folder, "token")),
    namespace: existsSync(namespaceFile) ? readText(namespaceFile, "the ServiceAccount").trim() : "default",
  };
}

interface NamedEntry {
  readonly name: string;
  readonly value: Record<string, unknown>;
  /** Folder of the file that holds the entry: its relative paths start there. */
  readonly folder: string;
}

interface MergedKubeconfig {
  currentContext: string;
  readonly contexts: Map<string, NamedEntry>;
  readonly clusters: Map<string, NamedEntry>;
  readonly users: Map<string, NamedEntry>;
}

function fromKubeconfig(paths: string, contextName: string | undefined): ClusterConnection {
  const config = mergeFiles(paths.split(delimiter).filter(path => path !== ""));
  const name = contextName ?? config.currentContext;
  if (name === "") throw new KubeconfigError(`${paths} has no current-context, and no context was named.`);
  const context = entry(config.contexts, "context", name, paths).value;
  const cluster = entry(config.clusters, "cluster", stringField(context, "cluster") ?? "", paths);
  const userName = stringField(context, "user") ?? "";
  const user = userName === "" ? undefined : entry(config.users, "user", userName, paths);

  const server = (stringField(cluster.value, "server") ?? "").replace(/\/+$/, "");
  if (!/^https?:\/\//.test(server)) {
    throw new KubeconfigError(`Cluster "${cluster.name}" in ${paths} has no usable server URL: "${server}".`);
  }
  if (stringField(cluster.value, "proxy-url") !== undefined) {
    throw new KubeconfigError(`Cluster "${cluster.name}" in ${paths} asks for a proxy-url, which is not supported.`);
  }
  const exec = user === undefined ? undefined : execCommand(user, server, cluster);
  const credential = exec === undefined ? undefined : execCredentials(exec);
  const token = credential ?? (user === undefined ? undefined : userToken(user));
  const ca = pem(cluster, "certificate-authority");
  const cert = user === undefined ? undefined : pem(user, "client-certificate");
  const key = user === undefined ? undefined : pem(user, "client-key");
  const serverName = stringField(cluster.value, "tls-server-name");
  const impersonate = user === undefined ? undefined : impersonation(user.value);
  return {
    server,
    tls: {
      insecureSkipVerify: cluster.value["insecure-skip-tls-verify"] === true,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(serverName === undefined ? {} : { serverName }),
    },
    namespace: stringField(context, "namespace") ?? "default",
    ...(token === undefined ? {} : { token }),
    ...(impersonate === undefined ? {} : { impersonate }),
  };
}

/** As kubectl merges them: the first file that names something wins. */
function mergeFiles(paths: readonly string[]): MergedKubeconfig {
  const merged: MergedKubeconfig = { currentContext: "", contexts: new Map(), clusters: new Map(), users: new Map() };
  const present = paths.filter(path => existsSync(path));
  if (present.length === 0) throw new KubeconfigError(`No kubeconfig exists at ${paths.join(", ")}.`);
  for (const path of present) {
    const document = parseFile(path);
    if (merged.currentContext === "") merged.currentContext = stringField(document, "current-context") ?? "";
    collect(document.contexts, "context", dirname(path), merged.contexts);
    collect(document.clusters, "cluster", dirname(path), merged.clusters);
    collect(document.users, "user", dirname(path), merged.users);
  }
  return merged;
}

function parseFile(path: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = parse(readText(path, "KUBECONFIG"));
  } catch (error) {
    if (error instanceof KubeconfigError) throw error;
    // The parser quotes the offending line, which may hold a token.
    throw new KubeconfigError(`${path} is not valid YAML.`);
  }
  if (!isPlainObject(document)) throw new KubeconfigError(`${path} is not a kubeconfig: it holds no mapping.`);
  return document;
}

function collect(list: unknown, field: string, folder: string, into: Map<string, NamedEntry>): void {
  if (!Array.isArray(list)) return;
  for (const item of list.filter(isPlainObject)) {
    const value = item[field];
    if (typeof item.name !== "string" || into.has(item.name)) continue;
    into.set(item.name, { name: item.name, value: isPlainObject(value) ? value : {}, folder });
  }
}

function entry(entries: ReadonlyMap<string, NamedEntry>, what: string, name: string, paths: string): NamedEntry {
  const found = entries.get(name);
  if (found !== undefined) return found;
  const known = [...entries.keys()].join(", ");
  throw new KubeconfigError(`${paths} has no ${what} "${name}"; it has: ${known === "" ? "none" : known}.`);
}

/** `X-data` (base64) wins over the file `X`, as in client-go. */
function pem(source: NamedEntry, field: string): string | undefined {
  const data = stringField(source.value, `${field}-data`);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const path = stringField(source.value, field);
  return path === undefined ? undefined : readText(resolvePath(path, source.folder), `"${source.name}"`);
}

function userToken(user: NamedEntry): TokenSource | undefined {
  const path = stringField(user.value, "tokenFile");
  if (path !== undefined) return fileToken(resolvePath(path, user.folder));
  const token = stringField(user.value, "token");
  if (token !== undefined) return staticToken(token);
  for (const field of ["auth-provider", "username"]) {
    if (user.value[field] !== undefined) {
      throw new KubeconfigError(
        `User "${user.name}" signs in with ${field}, which is not supported: use a client certificate, a token or an exec plugin.`,
      );
    }
  }
  return undefined;
}

function execCommand(user: NamedEntry, server: string, cluster: NamedEntry): ExecCommand | undefined {
  const exec = user.value.exec;
  if (!isPlainObject(exec)) return undefined;
  const command = stringField(exec, "command");
  const apiVersion = stringField(exec, "apiVersion") ?? "client.authentication.k8s.io/v1";
  if (command === undefined) throw new KubeconfigError(`The exec plugin of user "${user.name}" names no command.`);
  const env = Array.isArray(exec.env) ? exec.env.filter(isPlainObject) : [];
  const ca = pem(cluster, "certificate-authority");
  return {
    user: user.name,
    // A bare name is looked up in PATH; anything with a slash is relative to the kubeconfig, as in client-go.
    command: command.includes("/") ? resolvePath(command, user.folder) : command,
    args: Array.isArray(exec.args) ? exec.args.filter(arg => typeof arg === "string") : [],
    env: new Map(env.map(item => [stringField(item, "name") ?? "", stringField(item, "value") ?? ""])),
    apiVersion,
    server,
    ...(exec.provideClusterInfo === true && ca !== undefined ? { ca } : {}),
  };
}

function impersonation(user: Record<string, unknown>): Impersonation | undefined {
  const as = stringField(user, "as");
  if (as === undefined) return undefined;
  const groups = Array.isArray(user["as-groups"]) ? user["as-groups"].filter(group => typeof group === "string") : [];
  const uid = stringField(user, "as-uid");
  return { user: as, groups, ...(uid === undefined ? {} : { uid }) };
}

function resolvePath(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function readText(path: string, owner: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new KubeconfigError(`Cannot read ${path}, which ${owner} names.`, { cause: error });
  }
}

function stringField(source: Record<string, unknown>, field: string): string | undefined {
  const value = source[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}
