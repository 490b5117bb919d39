import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { withLock } from "./lock";
import { createScratch, type Scratch } from "./scratch";

describe("withLock", () => {
  let scratch: Scratch;
  let path: string;
  beforeEach(() => {
    scratch = createScratch();
    path = join(scratch.path, "lock");
  });
  afterEach(() => {
    scratch.remove();
  });
  const nobodyWaits = (pid: number) => {
    throw new Error(`waits for process ${pid}`);
  };

  it("lets one work after the other", async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} starts`);
      await new Promise(resolve => setImmediate(resolve));
      events.push(`${name} ends`);
    };
    const ignore = () => undefined;
    await Promise.all([withLock(path, ignore, work("a")), withLock(path, ignore, work("b"))]);
    expect(events).toEqual(["a starts", "a ends", "b starts", "b ends"]);
  });

  it("takes over from a process that is gone", async () => {
    writeFileSync(path, String(spawnSync(process.execPath, ["-e", ""]).pid));
    expect(await withLock(path, nobodyWaits, () => Promise.resolve("done"))).toBe("done");
  });

  it("is free again after work that failed", async () => {
    const failing = withLock(path, nobodyWaits, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
  });
});
