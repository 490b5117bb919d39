import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { SetupError } from "../errors";
import { httpsGet } from "../https-get";
import { firstLine, type Log, step } from "../log";
import { freePort, isFree, withFreshPorts } from "../port";
import { ServerProcess } from "../server-process";
import { waitUntil } from "../wait";
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  kwokArguments,
  type Paths,
  type Ports,
  schedulerArguments,
} from "./arguments";
import { type Binaries, ensureBinaries } from "./binaries";
import { type Cluster, clusterOf } from "./cluster";
import { createCredentials, type Credentials, operatorUser } from "./credentials";
import { writeKubeconfig } from "./kubeconfig";
import { type BinaryName } from "./tools";

export interface ControlPlaneOptions {
  /** An existing folder for everything that it writes; its owner removes it. */
  readonly dataDir: string;
  readonly log: Log;
  /** Ports of the caller's choice; the system chooses the others. */
  readonly ports?: Partial<Ports>;
  /** Where to write an audit log, one JSON event a request. */
  readonly auditLogPath?: string;
}

/** A private Kubernetes: API server, etcd, controllers, scheduler, and kwok in the place of kubelets. */
export interface ControlPlane extends Cluster {
  /** Of a user of the group system:masters. */
  readonly kubeconfigPath: string;
  /** Of the user `lynq-operator`, who has no rights until RBAC gives some. */
  readonly operatorKubeconfigPath: string;
  /** A kubectl of the server's own version. */
  readonly kubectlPath: string;
  readonly server: string;
  readonly caPath: string;
  readonly adminToken: string;
  readonly operatorToken: string;
  /** Process ids by the name of the component; a component that does not run is left out. */
  readonly pids: Readonly<Record<string, number>>;
  /** Ends the API server in good order and starts it again on the same port; resolves when it is ready. */
  restartApiServer(): Promise<void>;
  /** Kills the API server, as a crash would; it stays away until {@link startApiServer}. */
  killApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  /** Ends every process of it. */
  stop(): Promise<void>;
}

const manifest = (name: string) => join(__dirname, name);

async function choosePorts(wanted: Partial<Ports>): Promise<Ports> {
  for (const [name, port] of Object.entries(wanted)) {
    if (!(await isFree(port)))
      throw new SetupError(`port ${port} (${name}) is taken: end what listens on it, or choose another one`);
  }
  const [etcd, etcdPeer, apiServer, controllerManager, scheduler] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  return { etcd, etcdPeer, apiServer, controllerManager, scheduler, ...wanted };
}

/** The processes of one control plane, on ports that are fixed from here on. */
class Components {
  readonly #running = new Map<BinaryName, ServerProcess>();
  #stopping = false;

  constructor(
    readonly ports: Ports,
    private readonly paths: Paths,
    private readonly credentials: Credentials,
    private readonly binaries: Binaries,
    private readonly log: Log,
  ) {}

  get server(): string {
    return `https://localhost:${this.ports.apiServer}`;
  }

  get pids(): Readonly<Record<string, number>> {
    const running = [...this.#running].filter(([, each]) => each.isRunning);
    return Object.fromEntries(running.flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]])));
  }

  async startEtcd(): Promise<void> {
    const etcd = this.#start("etcd", etcdArguments(this.ports, this.paths));
    await waitUntil(
      "etcd",
      async () => {
        etcd.assertRunning();
        try {
          const { ok, status } = await fetch(`http://127.0.0.1:${this.ports.etcd}/health`);
          return ok ? undefined : `/health answers ${status}`;
        } catch (error) {
          return firstLine(error);
        }
      },
      { interval: 50 },
    );
  }

  async startApiServer(say?: (detail: string) => void): Promise<void> {
    if (this.#running.get("kube-apiserver")?.isRunning === true) return;
    const apiServer = this.#start("kube-apiserver", apiServerArguments(this.ports, this.paths, this.credentials));
    const { authority, adminToken } = this.credentials;
    try {
      await waitUntil(
        "kube-apiserver",
        async () => {
          apiServer.assertRunning();
          try {
            const { status, body } = await httpsGet(`${this.server}/readyz`, authority.certificate, adminToken);
            if (status === 200) return undefined;
            const failing = body.split("\n").filter(line => line.startsWith("[-]")).length;
            return failing > 0 ? `${failing} checks of /readyz are still failing` : `/readyz answers ${status}`;
          } catch (error) {
            return firstLine(error);
          }
        },
        say === undefined ? {} : { say },
      );
    } catch (error) {
      if (!apiServer.isRunning) throw error;
      throw new Error(`${firstLine(error)}\n${apiServer.tail()}`);
    }
  }

  /** Starts the clients of the API server, or starts them anew: after an outage they would wait half a minute before they look again. */
  async startControllers(): Promise<void> {
    const names = ["kube-controller-manager", "kube-scheduler", "kwok"] as const;
    await Promise.all(names.map(name => this.#end(name, each => each.kill())));
    this.#start("kube-controller-manager", controllerManagerArguments(this.ports, this.paths, this.credentials));
    this.#start("kube-scheduler", schedulerArguments(this.ports, this.paths));
    this.#start("kwok", kwokArguments(this.paths));
  }

  /** @throws ProcessError when one of them has ended. */
  assertRunning(): void {
    for (const each of this.#running.values()) each.assertRunning();
  }

  async stopApiServer(): Promise<void> {
    // It would wait a minute for its watches, which never end by themselves.
    await this.#end("kube-apiserver", each => each.stop(3_000));
  }

  async killApiServer(): Promise<void> {
    await this.#end("kube-apiserver", each => each.kill());
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // Nothing of it is worth a good end: its data are thrown away.
    await Promise.all([...this.#running.values()].map(each => each.kill()));
  }

  #start(name: BinaryName, args: readonly string[]): ServerProcess {
    const logPath = join(this.paths.dataDir, `${name}.log`);
    const process = new ServerProcess({ name, command: this.binaries[name], args, logPath });
    this.#running.set(name, process);
    void process.exited.then(how => {
      // Only what is still listed was not ended by us.
      if (!this.#stopping && this.#running.get(name) === process) this.log(`${name} ${how}: see ${logPath}`);
    });
    return process;
  }

  async #end(name: BinaryName, end: (each: ServerProcess) => Promise<void>): Promise<void> {
    const process = this.#running.get(name);
    this.#running.delete(name);
    if (process !== undefined) await end(process);
  }
}

/**
 * Starts a control plane of its own on free ports, with a ready node, a default StorageClass `standard` whose claims are bound,
 * and nothing else in it.
 *
 * @throws SetupError in one line when its binaries cannot be had or a chosen port is taken; ProcessError with the last lines of a component's log.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { dataDir, log } = options;
  const binaries = await ensureBinaries(log);
  mkdirSync(dataDir, { recursive: true });
  const credentials = await createCredentials(dataDir);
  const kubeconfigPath = join(dataDir, "kubeconfig");
  const operatorKubeconfigPath = join(dataDir, "operator-kubeconfig");
  const paths: Paths = {
    dataDir,
    kubeconfig: kubeconfigPath,
    stages: manifest("kwok-stages.yaml"),
    auditLog: options.auditLogPath,
    auditPolicy: manifest("audit-policy.yaml"),
  };
  const kubectlPath = binaries.kubectl;
  const { kubectl } = clusterOf({ kubectlPath, kubeconfigPath });

  const components = await step(log, "API server is ready", say =>
    withFreshPorts(async () => {
      const fresh = new Components(await choosePorts(options.ports ?? {}), paths, credentials, binaries, log);
      try {
        await fresh.startEtcd();
        await fresh.startApiServer(say);
        return fresh;
      } catch (error) {
        await fresh.stop();
        throw error;
      }
    }),
  );
  const { server } = components;
  try {
    const access = { server, authority: credentials.authority.certificate };
    writeKubeconfig(kubeconfigPath, { ...access, user: "admin", token: credentials.adminToken });
    writeKubeconfig(operatorKubeconfigPath, { ...access, user: operatorUser, token: credentials.operatorToken });
    await step(log, "node is ready", async say => {
      await components.startControllers();
      const applied = await kubectl(["apply", "-f", manifest("base-objects.yaml")]);
      if (applied.code !== 0) throw new Error(`the first objects were refused: ${applied.stderr.trim()}`);
      const ready = "jsonpath={.status.conditions[?(@.type=='Ready')].status}{.spec.taints}";
      await waitUntil(
        "node-1",
        async () => {
          components.assertRunning();
          const { stdout, stderr } = await kubectl(["get", "node", "node-1", "-o", ready]);
          return stdout === "True" ? undefined : stderr.trim() || `Ready is '${stdout}'`;
        },
        { say },
      );
    });
  } catch (error) {
    await components.stop();
    throw error;
  }

  return {
    kubeconfigPath,
    operatorKubeconfigPath,
    kubectlPath,
    server,
    caPath: credentials.authority.certificatePath,
    adminToken: credentials.adminToken,
    operatorToken: credentials.operatorToken,
    get pids() {
      return components.pids;
    },
    kubectl,
    restartApiServer: () =>
      step(log, "API server restarted", async say => {
        await components.stopApiServer();
        await components.startApiServer(say);
        await components.startControllers();
      }),
    killApiServer: () => components.killApiServer(),
    startApiServer: () =>
      step(log, "API server is ready again", async say => {
        await components.startApiServer(say);
        await components.startControllers();
      }),
    stop: () => components.stop(),
  };
}
