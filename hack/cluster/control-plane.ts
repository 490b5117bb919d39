import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { type Log, step } from "../log";
import { withFreshPorts } from "../port";
import { waitUntil } from "../wait";
import { type Paths, type Ports } from "./arguments";
import { ensureBinaries } from "./binaries";
import { type Cluster, clusterOf } from "./cluster";
import { choosePorts, Components } from "./components";
import { createCredentials, operatorUser } from "./credentials";
import { writeKubeconfig } from "./kubeconfig";

export interface ControlPlaneOptions {
  /** An existing folder for everything that it writes; its owner removes it. */
  readonly dataDir: string;
  readonly log: Log;
  /** Ports of the caller's choice; the system chooses the others. */
  readonly ports?: Partial<Ports>;
  /** Where to write an audit log, one JSON event a request. */
  readonly auditLogPath?: string;
  /** What it tells; audit-policy.yaml when left out. */
  readonly auditPolicyPath?: string;
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
    auditPolicy: options.auditPolicyPath ?? manifest("audit-policy.yaml"),
  };
  const kubectlPath = binaries.kubectl;
  const { kubectl } = clusterOf({ kubectlPath, kubeconfigPath });

  const components = await step(log, "API server", say =>
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
    await step(log, "controllers, scheduler and node", async say => {
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
      step(log, "API server, restarted", async say => {
        await components.stopApiServer();
        await components.startApiServer(say);
        await components.startControllers();
      }),
    killApiServer: () => components.killApiServer(),
    startApiServer: () =>
      step(log, "API server, started again", async say => {
        await components.startApiServer(say);
        await components.startControllers();
      }),
    stop: () => components.stop(),
  };
}
