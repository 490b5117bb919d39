import { copyFileSync } from "node:fs";
import { join } from "node:path";

import { clusterOf } from "../cluster/cluster";
import { startEnvironment } from "../environment";
import { type Log } from "../log";
import { type DemoCluster } from "./demo-cluster";
import { createDemoDatabase } from "./demo-database";

/** A control plane, a database and the operator of the demo's own, thrown away in the end. */
export async function startPrivateCluster(log: Log): Promise<DemoCluster> {
  const environment = await startEnvironment({ log, withOperator: true });
  const { controlPlane, database, operator, folder } = environment;
  const stop = () => environment.stop();
  try {
    // The story changes the current namespace; the operator's own kubeconfig stays as it is.
    const kubeconfigPath = join(folder, "kubeconfig");
    copyFileSync(controlPlane.kubeconfigPath, kubeconfigPath);
    const { kubectlPath } = controlPlane;
    return {
      ...clusterOf({ kubectlPath, kubeconfigPath }),
      kubectlPath,
      database: await createDemoDatabase(database),
      hasWebhooks: true,
      operatorLogPath: operator?.logPath ?? folder,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
