import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { clusterOf, mustKubectl } from "../cluster/cluster";
import { type ExternalCluster, useCluster } from "../cluster/external";
import { type Mariadb, startMariadb } from "../database/mariadb";
import { SetupError } from "../errors";
import { type Log, step } from "../log";
import { type Operator, startOperator } from "../operator/runtime";
import { removePrerequisites } from "../operator/prerequisites";
import { createScratch, type Scratch } from "../scratch";
import { endInOrder } from "../shutdown";
import { type DemoCluster } from "./demo-cluster";
import { createDemoDatabase } from "./demo-database";
import { namespacesOf, type Scene } from "./scene";

export interface ExistingClusterOptions {
  readonly context: string;
  readonly webhookHost: string | undefined;
  /** The scenes that will be played. */
  readonly scenes: readonly Scene[];
  /** Whether the user has agreed to what {@link intent} says. */
  readonly yes: boolean;
  readonly log: Log;
  /** Tells the user, before anything is created. */
  readonly say: (line: string) => void;
}

/** What will be created in a cluster, for its owner to agree to. */
function intent({ context, webhookHost, scenes }: ExistingClusterOptions, server: string): readonly string[] {
  const webhooks =
    webhookHost === undefined
      ? "  no webhooks: without --webhook-host the API server is not asked to call this machine"
      : `  the webhooks pepr-lynq, mutating and validating, which call this machine as ${webhookHost}`;
  return [
    `In the cluster of context ${context} (${server}) the demo creates:`,
    "  the CRDs lynqhubs, lynqforms and lynqnodes of operator.lynq.sh, and peprstores of pepr.dev",
    "  the namespace pepr-system",
    `  the namespaces ${scenes.flatMap(namespacesOf).join(", ")}, and workloads in them`,
    "  the PersistentVolume lynq-demo-disk",
    webhooks,
    "The operator and the database run on this machine, the operator with your rights. In the end all of it is deleted.",
  ];
}

/** @throws SetupError when something of the user's is where the demo would write. */
async function assertUntouched(cluster: ExternalCluster, scenes: readonly Scene[]): Promise<void> {
  const can = await cluster.kubectl(["auth", "can-i", "*", "*", "--all-namespaces"]);
  if (can.code !== 0)
    throw new SetupError(
      `the user of context ${cluster.context} may not do everything: the demo needs a cluster-admin`,
    );
  const crd = await cluster.kubectl(["get", "crd", "lynqhubs.operator.lynq.sh", "--output=name"]);
  if (crd.code === 0)
    throw new SetupError(
      `context ${cluster.context} has Lynq's CRDs already, and perhaps an operator: the demo needs a cluster without`,
    );
  const found = await cluster.kubectl([
    "get",
    "namespace",
    ...scenes.flatMap(namespacesOf),
    "--ignore-not-found",
    "--output=name",
  ]);
  const taken = found.stdout.trim().split("\n").filter(Boolean);
  if (taken.length > 0)
    throw new SetupError(
      `context ${cluster.context} has ${taken.join(", ")} already: the demo writes into namespaces of its own only`,
    );
}

/** Registered is not reached: asks the API server for a verdict. @throws SetupError when the webhook was not called. */
async function assertReached(cluster: ExternalCluster, host: string, { port }: Operator): Promise<void> {
  const { stderr } = await cluster.kubectl([
    "create",
    "--dry-run=server",
    "--namespace=default",
    "--filename=examples/refused/cycle.yaml",
  ]);
  if (stderr.includes("denied the request")) return;
  throw new SetupError(
    `the API server of context ${cluster.context} cannot reach this machine as https://${host}:${port}: give another --webhook-host, or none`,
  );
}

/** What the operator needs before it starts, as far as the cluster does not have it. */
async function missingPrerequisites(cluster: ExternalCluster): Promise<readonly string[]> {
  const all = [
    "namespace/pepr-system",
    ...[
      "peprstores.pepr.dev",
      "lynqhubs.operator.lynq.sh",
      "lynqforms.operator.lynq.sh",
      "lynqnodes.operator.lynq.sh",
    ].map(name => `customresourcedefinition.apiextensions.k8s.io/${name}`),
  ];
  const found = await mustKubectl(cluster, ["get", ...all, "--ignore-not-found", "--output=name"]);
  return all.filter(name => !found.split("\n").includes(name));
}

/** Deletes the stacks by deleting their hubs, while the operator runs; then everything else. */
async function removeEverything(
  cluster: ExternalCluster,
  scenes: readonly Scene[],
  missing: readonly string[],
  operator: Operator | undefined,
): Promise<void> {
  const remove = (...args: readonly string[]) => cluster.kubectl(["delete", "--ignore-not-found", ...args]);
  if (operator !== undefined)
    for (const { namespace } of scenes) await remove("lynqhubs", "--all", `--namespace=${namespace}`, "--timeout=60s");
  await remove("namespace", ...scenes.flatMap(namespacesOf), "--wait=false");
  await remove("persistentvolume", "lynq-demo-disk", "--wait=false");
  await removePrerequisites(cluster, missing);
  await operator?.stop();
}

/**
 * Runs the operator on this machine for a cluster that the user has, and a private database.
 *
 * @returns undefined when the user has not agreed yet; nothing was created then.
 * @throws SetupError in one line when the cluster is no place for the demo.
 */
export async function startOnContext(options: ExistingClusterOptions): Promise<DemoCluster | undefined> {
  const { context, scenes, yes, log, say } = options;
  const scratch = createScratch();
  const cluster = await useCluster({ context, dataDir: scratch.path, log });
  for (const line of intent(options, cluster.server)) say(line);
  await assertUntouched(cluster, scenes);
  if (!yes) {
    scratch.remove();
    return undefined;
  }
  return await start(options, cluster, scratch);
}

async function start(
  { scenes, log, webhookHost }: ExistingClusterOptions,
  cluster: ExternalCluster,
  scratch: Scratch,
): Promise<DemoCluster> {
  const folder = (name: string) => {
    const path = join(scratch.path, name);
    mkdirSync(path);
    return path;
  };
  const missing = await missingPrerequisites(cluster);
  let operator: Operator | undefined;
  let database: Mariadb | undefined;
  const stop = async () => {
    await step(log, "everything of the demo deleted", () => removeEverything(cluster, scenes, missing, operator));
    await database?.stop();
    scratch.remove();
  };
  // From here on a Ctrl-C finds something to clean up.
  endInOrder(stop);
  try {
    database = await startMariadb({ dataDir: folder("database"), log });
    const webhooks = webhookHost === undefined ? { withWebhooks: false } : { webhookHost };
    operator = await startOperator({ cluster, dataDir: folder("operator"), log, ...webhooks });
    if (webhookHost !== undefined) await assertReached(cluster, webhookHost, operator);
    // The story changes the current namespace; the operator's own kubeconfig stays as it is.
    const kubeconfigPath = join(scratch.path, "demo-kubeconfig");
    copyFileSync(cluster.kubeconfigPath, kubeconfigPath);
    const { kubectlPath } = cluster;
    return {
      ...clusterOf({ kubectlPath, kubeconfigPath }),
      kubectlPath,
      database: await createDemoDatabase(database),
      hasWebhooks: webhookHost !== undefined,
      operatorLogPath: operator.logPath,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
