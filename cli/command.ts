import { type Environment } from "./environment";

/** One command of `lynq`. */
export interface Command {
  readonly name: string;
  /** How it is called, after `lynq NAME`, in the list of commands. */
  readonly usage: string;
  /** What it does, in one line, in the list of commands. */
  readonly summary: string;
  /** What `lynq NAME --help` prints. */
  readonly help: string;
  /** @returns the exit code @throws UsageError, and errors that say in one line what could not be had */
  run(args: readonly string[], environment: Environment): Promise<number>;
}
