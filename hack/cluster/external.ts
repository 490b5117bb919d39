import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { mustRun, run } from "../command";
import { SetupError } from "../errors";
import { findOnPath } from "../executable";
import { firstLine, type Log, step } from "../log";
import { type Cluster, clusterOf, mustKubectl } from "./cluster";
import { ensureKubectl } from "./binaries";

export interface ExternalOptions {
  /** A context of the user's kubeconfig. */
  readonly context: string;
  /** An existing folder for a kubeconfig of that context alone; its owner removes it. */
  readonly dataDir: string;
  readonly log: Log;
}

/** A cluster that the user has. */
export interface ExternalCluster extends Cluster {
  readonly kubectlPath: string;
  readonly context: string;
  readonly server: string;
  /** Such as `v1.36.3`. */
  readonly version: string;
}

/** The `serverVersion.gitVersion` of `kubectl version -o json`, or undefined. */
export function serverVersion(json: string): string | undefined {
  return /"serverVersion"[^}]*"gitVersion":\s*"([^"]+)"/s.exec(json)?.[1];
}

/**
 * Uses one context of the user's kubeconfig, and creates nothing.
 *
 * The kubeconfig that it writes is read by the operator too, whose client knows certificates, tokens and exec plugins, but neither
 * `insecure-skip-tls-verify` nor `tls-server-name`.
 *
 * @throws SetupError in one line when there is no such context, or its cluster does not answer.
 */
export async function useCluster({ context, dataDir, log }: ExternalOptions): Promise<ExternalCluster> {
  const kubectlPath = findOnPath("kubectl") ?? (await ensureKubectl(log));
  const known = (await run(kubectlPath, ["config", "get-contexts", "--output=name"])).stdout
    .split("\n")
    .filter(Boolean);
  if (!known.includes(context)) {
    const list = known.length === 0 ? "has none" : `has ${known.join(", ")}`;
    throw new SetupError(`there is no context ${context}: your kubeconfig ${list}`);
  }
  const only = ["config", "view", "--minify", "--flatten", `--context=${context}`];
  const kubeconfigPath = join(dataDir, "kubeconfig");
  writeFileSync(kubeconfigPath, await mustRun(kubectlPath, only), { mode: 0o600 });
  const server = await mustRun(kubectlPath, [...only, "--output=jsonpath={.clusters[0].cluster.server}"]);
  const cluster = clusterOf({ kubectlPath, kubeconfigPath });
  const version = await step(log, `cluster of context ${context} (${server})`, async () => {
    try {
      return (
        serverVersion(await mustKubectl(cluster, ["version", "--output=json", "--request-timeout=15s"])) ?? "unknown"
      );
    } catch (error) {
      throw new SetupError(`the cluster of context ${context} at ${server} does not answer: ${firstLine(error)}`);
    }
  });
  return { ...cluster, kubectlPath, context, server, version };
}
