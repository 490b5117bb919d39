import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { createScratch, type Scratch } from "../scratch";
import { cachedPath, cacheFolder, findBinary } from "./binaries";

function put(path: string, mode: number): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "#!/bin/sh\n", { mode });
  return path;
}

describe("finding binaries", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = createScratch();
  });
  afterEach(() => {
    scratch.remove();
  });
  const environment = (assets?: string) => ({
    XDG_CACHE_HOME: join(scratch.path, "cache"),
    KUBEBUILDER_ASSETS: assets,
  });

  it("prefers KUBEBUILDER_ASSETS to the cache", () => {
    const assets = join(scratch.path, "assets");
    const own = put(join(assets, "etcd"), 0o755);
    put(cachedPath("etcd", environment()), 0o755);
    expect(findBinary("etcd", environment(assets))).toBe(own);
  });

  it("takes from the cache what KUBEBUILDER_ASSETS does not have", () => {
    const cached = put(cachedPath("kwok", environment()), 0o755);
    expect(findBinary("kwok", environment(join(scratch.path, "assets")))).toBe(cached);
  });

  it("finds nothing where a file cannot be run", () => {
    put(cachedPath("kubectl", environment()), 0o644);
    expect(findBinary("kubectl", environment())).toBeUndefined();
  });

  it("keeps another version in another folder", () => {
    expect(dirname(cachedPath("etcd", environment()))).toMatch(/etcd-v\d+\.\d+\.\d+$/);
  });

  it("falls back to ~/.cache where XDG_CACHE_HOME is empty", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "" })).toMatch(/\.cache\/lynq$/);
  });
});
