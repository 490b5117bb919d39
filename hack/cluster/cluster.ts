import { dirname, join } from "node:path";

import { type CommandResult, run } from "../command";

/** A cluster that scripts work on: a control plane of ours, or one that the user has. */
export interface Cluster {
  readonly kubeconfigPath: string;
  /** Runs kubectl; never throws for a command that fails. */
  readonly kubectl: (args: readonly string[], options?: { readonly input?: string }) => Promise<CommandResult>;
}

/** How kubectl reaches a cluster. */
export interface ClusterAccess {
  readonly kubectlPath: string;
  readonly kubeconfigPath: string;
  /** The context of the kubeconfig; its current one when left out. */
  readonly context?: string;
}

/** A cluster as kubectl sees it. */
export function clusterOf({ kubectlPath, kubeconfigPath, context }: ClusterAccess): Cluster {
  const common = [
    `--kubeconfig=${kubeconfigPath}`,
    // What kubectl remembers of a cluster must not outlive it: the next one may have the same address.
    `--cache-dir=${join(dirname(kubeconfigPath), "kubectl")}`,
    ...(context === undefined ? [] : [`--context=${context}`]),
  ];
  return { kubeconfigPath, kubectl: (args, { input } = {}) => run(kubectlPath, [...common, ...args], { input }) };
}

/** Runs kubectl and answers what it printed. @throws Error with its words when it fails. */
export async function mustKubectl(cluster: Cluster, args: readonly string[], input?: string): Promise<string> {
  const { stdout, stderr, code } = await cluster.kubectl(args, input === undefined ? {} : { input });
  if (code !== 0) throw new Error(`kubectl ${args.slice(0, 3).join(" ")}: ${stderr.trim()}`);
  return stdout;
}
