import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { createScratch, type Scratch, sweepScratch } from "./scratch";

describe("scratch folders", () => {
  let parent: Scratch;
  beforeEach(() => {
    parent = createScratch();
  });
  afterEach(() => {
    parent.remove();
  });
  const folder = (name: string) => {
    const path = join(parent.path, name);
    mkdirSync(path);
    return path;
  };

  it("are removed once their process is gone, and not before", () => {
    const ended = spawnSync(process.execPath, ["-e", ""]).pid;
    const left = folder(`lynq-${ended}-abcdef`);
    const used = folder(`lynq-${process.pid}-abcdef`);
    sweepScratch(parent.path);
    expect([existsSync(left), existsSync(used)]).toEqual([false, true]);
  });

  it("are told from folders of others by their whole name", () => {
    const others = ["lynq-backup", "lynq-db-123456", "other-1-x"].map(folder);
    sweepScratch(parent.path);
    expect(others.filter(path => !existsSync(path))).toEqual([]);
  });

  it("go with all that is in them", () => {
    const scratch = createScratch(parent.path);
    mkdirSync(join(scratch.path, "data"));
    scratch.remove();
    expect(existsSync(scratch.path)).toBe(false);
  });
});
