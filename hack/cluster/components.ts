import { join } from "node:path";

import { SetupError } from "../errors";
import { httpsGet } from "../https-get";
import { firstLine, type Log } from "../log";
import { freePort, isFree } from "../port";
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
import { type Binaries } from "./binaries";
import { type Credentials } from "./credentials";
import { type ControlPlaneBinary } from "./tools";

/** Ports of the caller's choice, and free ones for the rest. @throws SetupError when one of the chosen is taken. */
export async function choosePorts(wanted: Partial<Ports>): Promise<Ports> {
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
export class Components {
  readonly #running = new Map<ControlPlaneBinary, ServerProcess>();
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

  #start(name: ControlPlaneBinary, args: readonly string[]): ServerProcess {
    const logPath = join(this.paths.dataDir, `${name}.log`);
    const process = new ServerProcess({ name, command: this.binaries[name], args, logPath });
    this.#running.set(name, process);
    void process.exited.then(how => {
      // Only what is still listed was not ended by us.
      if (!this.#stopping && this.#running.get(name) === process) this.log(`${name} ${how}: see ${logPath}`);
    });
    return process;
  }

  async #end(name: ControlPlaneBinary, end: (each: ServerProcess) => Promise<void>): Promise<void> {
    const process = this.#running.get(name);
    this.#running.delete(name);
    if (process !== undefined) await end(process);
  }
}
