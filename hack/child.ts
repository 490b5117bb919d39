import { spawn } from "node:child_process";

import { projectFolder } from "./project";
import { endInOrder, onShutdown } from "./shutdown";

/**
 * Runs a Node script of a dependency to its end, on this process's own terminal, and answers its exit code.
 * A signal to this process asks the script to end, which it may do in its own order; it never outlives this process.
 */
export function runNode(script: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [script, ...args], { cwd: projectFolder, stdio: "inherit" });
  const forget = onShutdown(() => {
    child.kill("SIGKILL");
  });
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", code => {
      forget();
      resolve(code ?? 1);
    });
  });
  endInOrder(async () => {
    child.kill("SIGTERM");
    await exited;
  });
  return exited;
}
