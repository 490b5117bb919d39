import { spawn } from "node:child_process";

import { onShutdown } from "./shutdown";

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; -1 when a signal ended it or it could not be started. */
  readonly code: number;
}

export interface CommandOptions {
  readonly input?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with each line that it writes to standard error, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Called with what it writes to standard output, as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a command to its end and answers what it wrote; never throws for a command that fails. */
export const run = (file: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> =>
  new Promise(resolve => {
    const child = spawn(file, args, {
      stdio: "pipe",
      // A group of its own: what it has started itself ends with it.
      detached: true,
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const forget = onShutdown(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    });
    let stdout = "";
    let stderr = "";
    let line = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onOutput?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      const lines = (line + text).split("\n");
      line = lines.pop() ?? "";
      lines.forEach(each => options.onLine?.(each));
    });
    child.once("error", error => {
      forget();
      resolve({ stdout, stderr: error.message, code: -1 });
    });
    child.once("close", code => {
      forget();
      resolve({ stdout, stderr, code: code ?? -1 });
    });
    // A command that reads no input closes the pipe: that is no failure.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });

/** As {@link run}, and throws with the command's own words when it fails. */
export async function mustRun(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { stdout, stderr, code } = await run(file, args, options);
  if (code === 0) return stdout;
  const words = (stderr.trim() || stdout.trim()).split("\n").slice(-8).join("\n");
  throw new Error(`${file} ${args.slice(0, 2).join(" ")} failed (exit code ${code}): ${words}`);
}
