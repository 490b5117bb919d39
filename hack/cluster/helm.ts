import { join } from "node:path";

import { type CommandResult, run } from "../command";

/** Runs helm; never throws for a command that fails. */
export type Helm = (args: readonly string[]) => Promise<CommandResult>;

/**
 * Helm on one cluster.
 *
 * @param folder where it keeps its cache and settings, instead of the user's own
 */
export function helmOn(helmPath: string, kubeconfigPath: string, folder: string): Helm {
  const env = {
    ...process.env,
    HELM_CACHE_HOME: join(folder, "cache"),
    HELM_CONFIG_HOME: join(folder, "config"),
    HELM_DATA_HOME: join(folder, "data"),
  };
  return args => run(helmPath, [`--kubeconfig=${kubeconfigPath}`, ...args], { env });
}
