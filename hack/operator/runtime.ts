import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";

import { createAuthority, issueCertificate } from "../certificate";
import { type Cluster } from "../cluster/cluster";
import { SetupError } from "../errors";
import { httpsGet } from "../https-get";
import { firstLine, type Log, step } from "../log";
import { freePort, isFree, withFreshPorts } from "../port";
import { projectFolder } from "../project";
import { ServerProcess } from "../server-process";
import { waitUntil } from "../wait";
import { ensureBuilt } from "./build";
import { installPrerequisites } from "./prerequisites";
import { registerWebhooks, removeWebhooks, type WebhookServer } from "./webhooks";

export interface OperatorOptions {
  readonly cluster: Cluster;
  /** An existing folder for its certificates and log; its owner removes it. */
  readonly dataDir: string;
  readonly log: Log;
  /** As whom it runs; the cluster's own kubeconfig when left out. */
  readonly kubeconfigPath?: string;
  /** A port of the caller's choice for webhooks, health and metrics; the system chooses when left out. */
  readonly port?: number;
  /** Whether to register its webhooks; true when left out. A cluster whose API server cannot reach this machine goes without. */
  readonly withWebhooks?: boolean;
  /** The name or address under which the API server reaches this machine; `localhost` when left out. */
  readonly webhookHost?: string;
  /** Variables beside those that Pepr needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** The project whose module runs; this one when left out. */
  readonly folder?: string;
}

/** Pepr's real runtime with our module, admission and watch in one process, outside of the cluster. */
export interface Operator {
  readonly url: string;
  readonly port: number;
  /** PEM file of the authority that signed its certificate. */
  readonly caPath: string;
  readonly logPath: string;
  /** What was not in the cluster before: CRDs and Pepr's namespace, as `kind.group/name`. They outlive the operator. */
  readonly created: readonly string[];
  readonly pid: number | undefined;
  /** Removes its webhooks, then ends it. */
  stop(): Promise<void>;
  /** Kills it, as a crash would: its webhooks stay, and nobody answers them. */
  kill(): Promise<void>;
  /** Starts it again on the same port after {@link Operator.stop} or {@link Operator.kill}, with these variables laid over its own for this once. */
  start(env?: Readonly<Record<string, string>>): Promise<void>;
}

/** The watches of Pepr end the process after this many failures, one a second: an API server may stay away for ten minutes. */
const watchRetries = { PEPR_RESYNC_FAILURE_MAX: "600", PEPR_RESYNC_DELAY_SECONDS: "1" };

/** Variables of this process that would change how the operator runs. */
const foreign = ["NODE_OPTIONS", "NODE_ENV", "PEPR_MODE", "PEPR_WATCH_MODE", "PEPR_API_PATH", "JEST_WORKER_ID"];

const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.includes(name)));

/**
 * Builds the module if needed, installs what it needs, runs it, and registers its webhooks.
 *
 * @throws SetupError when the chosen port is taken; ProcessError with the last lines of its log when it ends.
 */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const { cluster, dataDir, log, folder = projectFolder } = options;
  if (options.port !== undefined && !(await isFree(options.port)))
    throw new SetupError(`port ${options.port} (operator) is taken: end what listens on it, or choose another one`);
  const { bundlePath, manifestPath } = await ensureBuilt(log, folder);
  const created = await step(log, "CRDs", () => installPrerequisites(cluster, folder));

  mkdirSync(dataDir, { recursive: true });
  const authority = await createAuthority(dataDir, "lynq-webhook-ca");
  const { withWebhooks = true, webhookHost = "localhost" } = options;
  const [names, addresses] = isIP(webhookHost) === 0 ? [[webhookHost], []] : [[], [webhookHost]];
  const subject = {
    commonName: "localhost",
    dnsNames: ["localhost", ...names],
    addresses: ["127.0.0.1", ...addresses],
  };
  const serving = await issueCertificate(authority, dataDir, { name: "tls", usage: "serverAuth", ...subject });
  const apiPath = randomBytes(16).toString("hex");
  const logPath = join(dataDir, "operator.log");
  let running: ServerProcess | undefined;

  const launch = async (
    port: number,
    env: Readonly<Record<string, string>>,
    say: (detail: string) => void,
  ): Promise<void> => {
    const process_ = new ServerProcess({
      name: "operator",
      command: process.execPath,
      args: ["--enable-source-maps", bundlePath],
      cwd: folder,
      logPath,
      env: {
        ...ownEnvironment(),
        LOG_LEVEL: "info",
        ...watchRetries,
        ...options.env,
        ...env,
        PEPR_MODE: "dev",
        PEPR_API_PATH: apiPath,
        SSL_CERT_PATH: serving.certificatePath,
        SSL_KEY_PATH: serving.keyPath,
        KUBECONFIG: options.kubeconfigPath ?? cluster.kubeconfigPath,
        LYNQ_PORT: String(port),
      },
    });
    running = process_;
    try {
      await waitUntil(
        "operator",
        async () => {
          process_.assertRunning();
          try {
            const { status, body } = await httpsGet(`https://localhost:${port}/healthz`, authority.certificate);
            return body === "OK" ? undefined : `/healthz answers ${status}`;
          } catch (error) {
            return firstLine(error);
          }
        },
        { say },
      );
    } catch (error) {
      await process_.kill();
      throw error;
    }
  };

  const serverOn = (port: number): WebhookServer => ({
    url: `https://${isIP(webhookHost) === 6 ? `[${webhookHost}]` : webhookHost}:${port}`,
    apiPath,
    authority: authority.certificate,
  });

  const startOn = (port: number, env: Readonly<Record<string, string>> = {}): Promise<void> =>
    step(log, "operator", async say => {
      await launch(port, env, say);
      if (!withWebhooks) return;
      say("registering webhooks");
      try {
        await registerWebhooks(cluster, manifestPath, serverOn(port));
      } catch (error) {
        await stop();
        throw error;
      }
    });

  const stop = async (): Promise<void> => {
    try {
      if (withWebhooks) await removeWebhooks(cluster, manifestPath);
    } finally {
      await running?.stop();
    }
  };

  const port = await withFreshPorts(async () => {
    const chosen = options.port ?? (await freePort());
    await startOn(chosen);
    return chosen;
  });

  return {
    url: `https://localhost:${port}`,
    port,
    caPath: authority.certificatePath,
    logPath,
    created,
    get pid() {
      return running?.isRunning === true ? running.pid : undefined;
    },
    stop,
    kill: async () => {
      await running?.kill();
    },
    start: async env => {
      if (running?.isRunning !== true) await startOn(port, env);
    },
  };
}
