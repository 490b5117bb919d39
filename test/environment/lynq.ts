import { Readable } from "node:stream";
import { main } from "../../cli/lynq";
import { type Scenario } from "./scenario";

/** How a run of `lynq` ended, and what it wrote. */
export interface LynqRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `lynq` on the scenario's cluster and namespace. */
export async function runLynq(
  scenario: Scenario,
  args: readonly string[],
  { stdin = "", env = {} }: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<LynqRun> {
  let out = "";
  let err = "";
  const code = await main([...args, "-n", scenario.namespace], {
    stdin: Readable.from([stdin]),
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    env: { KUBECONFIG: scenario.environment.details.kubeconfigPath, ...env },
  });
  return { code, out, err };
}
