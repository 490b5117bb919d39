import { startControlPlane } from "./control-plane";
import { firstLine } from "../log";
import { createScratch } from "../scratch";

/** `tsx hack/cluster/serve.ts`: a control plane of your own, until Ctrl-C. */
async function serve(): Promise<void> {
  const log = (line: string) => {
    console.error(line);
  };
  const { kubeconfigPath } = await startControlPlane({ dataDir: createScratch().path, log });
  console.log(`export KUBECONFIG=${kubeconfigPath}`);
  // Keeps the process, and with it the control plane, until a signal ends both.
  setInterval(() => undefined, 60_000);
}

serve().catch((error: unknown) => {
  console.error(firstLine(error));
  process.exit(1);
});
