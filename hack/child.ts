import { spawn } from "node:child_process";
import { constants } from "node:os";

import { projectFolder } from "./project";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a Node script of a dependency to its end, on this process's own terminal, and answers its exit code.
 * A signal to this process goes to the script, which ends in its own order; this process then ends by the same signal's code.
 */
export function runNode(script: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [script, ...args], { cwd: projectFolder, stdio: "inherit" });
  let received: (typeof signals)[number] | undefined;
  const pass = (signal: (typeof signals)[number]) => {
    received = signal;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", code => {
      if (received !== undefined) process.exit(128 + constants.signals[received]);
      for (const signal of signals) process.off(signal, pass);
      resolve(code ?? 1);
    });
  });
}
