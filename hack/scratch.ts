import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { errorCode } from "./errors";
import { onShutdown } from "./shutdown";

/** A folder for throw-away data, gone when its process is. */
export interface Scratch {
  readonly path: string;
  remove(): void;
}

const owned = /^lynq-(\d+)-/;

/** Whether a process with this id exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

const discard = (path: string) => {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
};

/** Removes the folders of processes that were killed before they could clean up. */
export function sweepScratch(parent = tmpdir()): void {
  for (const name of readdirSync(parent)) {
    const pid = owned.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      discard(join(parent, name));
    } catch {
      // Another user's folder, or one that another process is sweeping too.
    }
  }
}

/** Creates a folder named after this process, so that a later one can tell whether it is still in use. */
export function createScratch(parent = tmpdir()): Scratch {
  sweepScratch(parent);
  const path = mkdtempSync(join(parent, `lynq-${process.pid}-`));
  const forget = onShutdown(() => {
    discard(path);
  });
  return {
    path,
    remove: () => {
      forget();
      discard(path);
    },
  };
}
