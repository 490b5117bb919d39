import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { type ControlPlane } from "../../cluster/control-plane";
import { mustKubectl } from "../../cluster/cluster";
import { mustRun } from "../../command";
import { type Database, type RootAccess } from "../../database/mariadb";
import { type Log, step } from "../../log";
import { type Operator, startOperator } from "../../operator/runtime";
import { installPrerequisites } from "../../operator/prerequisites";
import { projectFolder } from "../../project";
import { ServerProcess } from "../../server-process";
import { askLoopDelay, type LoopDelay } from "./observers/loop-delay";
import { ProcessGroup } from "./observers/process-group";

/** The operator under test. */
export interface Subject {
  readonly name: string;
  readonly isOurs: boolean;
  /** Installs its kinds, so that the floor has them without the operator. */
  install(): Promise<void>;
  start(): Promise<void>;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
  /** @throws Error with the last lines of its log, when it has ended by itself. */
  assertRunning(): void;
  /** Undefined while it does not run. */
  readonly processes: ProcessGroup | undefined;
  /** How late its event loop was since the last question; undefined for what is not ours. */
  loopDelay(): Promise<LoopDelay | undefined>;
  readonly logPath: string;
}

export interface SubjectOptions {
  readonly cluster: ControlPlane;
  readonly folder: string;
  readonly log: Log;
  readonly namespace: string;
  readonly server: RootAccess;
  readonly database: Database;
}

/** Ours as it runs in the tests: Pepr's real runtime, webhooks registered, as the audited user. */
export function ourOperator({ cluster, folder, log }: SubjectOptions): Subject {
  const dataDir = join(folder, "operator");
  let operator: Operator | undefined;
  return {
    name: "Lynq for TypeScript",
    isOurs: true,
    logPath: join(dataDir, "operator.log"),
    install: async () => {
      await installPrerequisites(cluster, projectFolder);
    },
    start: async () => {
      if (operator !== undefined) {
        await operator.start();
        return;
      }
      operator = await startOperator({
        cluster,
        dataDir,
        log,
        kubeconfigPath: cluster.operatorKubeconfigPath,
      });
    },
    stop: async () => {
      await operator?.stop();
    },
    assertRunning: () => {
      if (operator !== undefined && operator.pid === undefined)
        throw new Error(`the operator has ended: see ${operator.logPath}`);
    },
    get processes() {
      const pid = operator?.pid;
      return pid === undefined ? undefined : new ProcessGroup(pid);
    },
    loopDelay: () =>
      operator === undefined ? Promise.resolve(undefined) : askLoopDelay(operator.url, operator.caPath),
  };
}

/** Some leave themselves half a minute for an orderly end. */
const otherGraceMs = 40_000;

export interface OtherOperator {
  readonly command: string;
  readonly crds: string | undefined;
  readonly setup: string | undefined;
}

/** Any operator that watches the same kinds, started by a shell command. */
export function otherOperator(options: SubjectOptions, { command, crds, setup }: OtherOperator): Subject {
  const { cluster, folder, log } = options;
  const dataDir = join(folder, "operator");
  const logPath = join(dataDir, "operator.log");
  const env = { ...process.env, ...variables(options, dataDir) };
  let running: ServerProcess | undefined;
  return {
    name: command,
    isOurs: false,
    logPath,
    install: async () => {
      mkdirSync(dataDir, { recursive: true });
      if (crds === undefined) await installPrerequisites(cluster, projectFolder);
      else
        await step(log, "CRDs", async () => {
          const apply = ["apply", "--server-side", "--output=name", "-f", crds];
          const applied = (await mustKubectl(cluster, apply))
            .split("\n")
            .filter(name => name.startsWith("customresourcedefinition"));
          await mustKubectl(cluster, ["wait", "--for=condition=Established", "--timeout=30s", ...applied]);
        });
    },
    start: async () => {
      if (running === undefined && setup !== undefined)
        await step(log, "set-up of the other operator", () => mustRun("sh", ["-c", setup], { env }));
      // exec, so that the process is the operator itself wherever the command is a simple one.
      running = new ServerProcess({
        name: "operator",
        command: "sh",
        args: ["-c", `exec ${command}`],
        env,
        cwd: dataDir,
        logPath,
      });
    },
    stop: async () => {
      await running?.stop(otherGraceMs);
    },
    assertRunning: () => running?.assertRunning(),
    get processes() {
      return running?.isRunning === true && running.pid !== undefined ? new ProcessGroup(running.pid) : undefined;
    },
    loopDelay: () => Promise.resolve(undefined),
  };
}

/** What a foreign command is told; docs/bench.md lists it. */
function variables({ cluster, namespace, server, database }: SubjectOptions, folder: string): Record<string, string> {
  return {
    KUBECONFIG: cluster.operatorKubeconfigPath,
    LYNQ_BENCH_ADMIN_KUBECONFIG: cluster.kubeconfigPath,
    LYNQ_BENCH_KUBECTL: cluster.kubectlPath,
    LYNQ_BENCH_FOLDER: folder,
    LYNQ_BENCH_NAMESPACE: namespace,
    LYNQ_BENCH_DATABASE_HOST: server.host,
    LYNQ_BENCH_DATABASE_PORT: String(server.port),
    LYNQ_BENCH_DATABASE_NAME: database.name,
    LYNQ_BENCH_DATABASE_USER: database.user,
    LYNQ_BENCH_DATABASE_PASSWORD: database.password,
  };
}
