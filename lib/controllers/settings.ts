import { readFileSync } from "node:fs";
import { NamePattern } from "../plan/name-pattern";
import { type WriteSettings } from "../plan/write-policy";
import { type ElectionSettings, electionSettings } from "./election-settings";
import { invalid, type Variables } from "./settings-error";

/** What is done about a form whose author may not do what it makes the operator do. */
export type AuthorizeMode = "off" | "warn" | "enforce";

/** What an administrator sets by the operator's environment (docs/security.md). */
export interface OperatorSettings {
  readonly authorize: AuthorizeMode;
  readonly writes: WriteSettings;
  /** Who may write LynqNodes; undefined: whoever this process is. */
  readonly operatorUsers: readonly string[] | undefined;
  /** Nodes that may have metrics of their own at once (docs/decisions/metrics-of-nodes.md). */
  readonly metricsOfNodes: number;
  readonly election: ElectionSettings;
}

/** Where Pepr installs a module unless told otherwise. */
const USUAL_NAMESPACE = "pepr-system";
const NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

const METRICS_OF_NODES = 1000;

const AUTHORIZE_MODES: readonly AuthorizeMode[] = ["off", "warn", "enforce"];
/** Characters of namespaces, and of `Kind.group`, with those of a glob. */
const NAMESPACE_PATTERN = /^[a-z0-9*?-]+$/;
const KIND_PATTERN = /^[A-Za-z0-9*?]+(\.[a-z0-9*?.-]+)?$/;

/** @throws SettingsError naming the variable and its value */
export function readSettings(env: Variables, namespaceFile: string = NAMESPACE_FILE): OperatorSettings {
  const podNamespace = namespaceOfPod(namespaceFile);
  const operatorNamespace = env["POD_NAMESPACE"] ?? podNamespace ?? USUAL_NAMESPACE;
  const inPod = env["KUBERNETES_SERVICE_HOST"] !== undefined && podNamespace !== undefined;
  return {
    authorize: authorizeMode(env["LYNQ_AUTHORIZE"]),
    operatorUsers: usernames(env, "LYNQ_OPERATOR_USERS"),
    metricsOfNodes: wholeNumber(env, "LYNQ_METRICS_NODES", METRICS_OF_NODES),
    election: electionSettings(env, { inPod, namespace: operatorNamespace }),
    writes: {
      operatorNamespace,
      allowedNamespaces: patterns(env, "LYNQ_ALLOWED_NAMESPACES", NAMESPACE_PATTERN, "namespaces such as tenant-*"),
      allowedKinds: patterns(
        env,
        "LYNQ_ALLOWED_KINDS",
        KIND_PATTERN,
        "kinds such as ConfigMap, Deployment.apps or *.networking.k8s.io",
      ),
      requireServiceAccount: flag(env, "LYNQ_REQUIRE_SERVICE_ACCOUNT"),
    },
  };
}

let read: OperatorSettings | undefined;

/** The settings of this process. @throws SettingsError */
export function operatorSettings(): OperatorSettings {
  read ??= readSettings(process.env);
  return read;
}

function authorizeMode(value: string | undefined): AuthorizeMode {
  if (value === undefined) return "warn";
  const mode = AUTHORIZE_MODES.find(known => known === value);
  if (mode === undefined) throw invalid("LYNQ_AUTHORIZE", value, "off, warn or enforce");
  return mode;
}

function flag(env: Variables, name: string): boolean {
  const value = env[name];
  if (value === undefined || value === "false") return false;
  if (value === "true") return true;
  throw invalid(name, value, "true or false");
}

function wholeNumber(env: Variables, name: string, usual: number): number {
  const value = env[name];
  if (value === undefined) return usual;
  if (!/^\d{1,7}$/.test(value)) throw invalid(name, value, "a whole number such as 1000");
  return Number(value);
}

/** An empty list could mean all or none, so it means nothing. */
function patterns(env: Variables, name: string, legal: RegExp, what: string): readonly NamePattern[] | undefined {
  const value = env[name];
  if (value === undefined) return undefined;
  const sources = value.split(",").map(source => source.trim());
  if (sources.some(source => !legal.test(source))) throw invalid(name, value, `a comma list of ${what}`);
  return sources.map(source => new NamePattern(source));
}

function usernames(env: Variables, name: string): readonly string[] | undefined {
  const value = env[name];
  if (value === undefined) return undefined;
  const users = value.split(",").map(user => user.trim());
  if (users.includes("")) throw invalid(name, value, "a comma list of usernames, as kubectl auth whoami tells them");
  return users;
}

function namespaceOfPod(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    // Not in a pod.
    return undefined;
  }
}
