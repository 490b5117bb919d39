import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

import { ProcessError } from "./errors";
import { findOnPath } from "./executable";
import { onShutdown } from "./shutdown";

export interface ServerProcessOptions {
  /** How messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child; this process's own when left out. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Where its output goes; appended to, so that a restart keeps what came before. */
  readonly logPath: string;
}

/** The last lines of a log file, or a note that there are none. */
function tail(path: string, lines = 12): string {
  try {
    const all = readFileSync(path, "utf8").trimEnd().split("\n");
    return all.slice(-lines).join("\n") || "(its log is empty)";
  } catch {
    return "(it wrote no log)";
  }
}

/**
 * A server that runs as a child of this process, in a process group of its own, and never outlives it:
 * it is ended on shutdown, and where `setpriv` exists the kernel kills it should this process die without a word.
 */
export class ServerProcess {
  readonly name: string;
  readonly logPath: string;
  readonly #child: ChildProcess;
  /** Settles when it has ended, with how. */
  readonly exited: Promise<string>;
  readonly #forget: () => void;
  #outcome: string | undefined;

  constructor({ name, command, args, env, cwd, logPath }: ServerProcessOptions) {
    this.name = name;
    this.logPath = logPath;
    const setpriv = process.platform === "linux" ? findOnPath("setpriv") : undefined;
    const [file, ...rest] = setpriv === undefined ? [command] : [setpriv, "--pdeathsig", "KILL", command];
    const output = openSync(logPath, "a");
    this.#child = spawn(file, [...rest, ...args], {
      detached: true,
      stdio: ["ignore", output, output],
      env: env ?? process.env,
      ...(cwd === undefined ? {} : { cwd }),
    });
    closeSync(output);
    this.#forget = onShutdown(() => {
      this.#signal("SIGKILL");
    });
    this.exited = new Promise(resolve => {
      const ended = (how: string) => {
        this.#outcome ??= how;
        this.#forget();
        resolve(this.#outcome);
      };
      this.#child.once("error", error => {
        ended(`could not be started: ${error.message}`);
      });
      this.#child.once("exit", (code, signal) => {
        ended(signal === null ? `ended with exit code ${code ?? "unknown"}` : `was ended by ${signal}`);
      });
    });
    // A server must not keep a finished script alive; shutdown ends it.
    this.#child.unref();
  }

  /** Its process id; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#outcome === undefined;
  }

  /** @throws ProcessError with the last lines of its log, when it no longer runs. */
  assertRunning(): void {
    if (this.#outcome !== undefined) throw new ProcessError(`${this.name} ${this.#outcome}:\n${tail(this.logPath)}`);
  }

  /** The last lines that it wrote. */
  tail(lines?: number): string {
    return tail(this.logPath, lines);
  }

  /** Asks it to end, and kills its whole group when it has not after `grace` milliseconds. */
  async stop(grace = 10_000): Promise<void> {
    if (!this.isRunning) return;
    this.#signal("SIGTERM");
    const kill = setTimeout(() => {
      this.#signal("SIGKILL");
    }, grace);
    await this.#end();
    clearTimeout(kill);
  }

  /** Kills its whole group without notice, as a crash would. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.#signal("SIGKILL");
    await this.#end();
  }

  async #end(): Promise<void> {
    // Whoever waits for the end must live until then.
    this.#child.ref();
    await this.exited;
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child.pid;
    if (pid === undefined || !this.isRunning) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}
