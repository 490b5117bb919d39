import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { errorCode } from "./errors";
import { isAlive } from "./scratch";
import { onShutdown } from "./shutdown";
import { pause } from "./wait";

/** The process that holds a lock file; undefined when it is free, or was left behind by a process that is gone. */
function holderOf(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    // An empty file belongs to a process that is just writing its id.
    return pid === 0 || isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Runs `work` while no other process of this machine holds the lock file `path`.
 *
 * @param onWait is told the id of the process that has it.
 */
export async function withLock<T>(path: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  while (!take(path)) {
    const holder = holderOf(path);
    if (holder === undefined) {
      rmSync(path, { force: true });
      continue;
    }
    onWait(holder);
    await pause(200);
  }
  const release = () => {
    rmSync(path, { force: true });
  };
  const forget = onShutdown(release);
  try {
    return await work();
  } finally {
    forget();
    release();
  }
}
