import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { createScratch, type Scratch } from "../scratch";
import { digestSources } from "./sources";

describe("digestSources", () => {
  let scratch: Scratch;
  const at = (...parts: string[]) => join(scratch.path, ...parts);
  const digest = () => digestSources(scratch.path);
  beforeEach(() => {
    scratch = createScratch();
    mkdirSync(at("lib", "room"), { recursive: true });
    writeFileSync(at("pepr.ts"), "start");
    writeFileSync(at("lib", "room", "a.ts"), "one");
  });
  afterEach(() => {
    scratch.remove();
  });

  it("changes with a file's content", () => {
    const before = digest();
    writeFileSync(at("lib", "room", "a.ts"), "two");
    expect(digest()).not.toBe(before);
  });

  it("changes with a file's name", () => {
    const before = digest();
    renameSync(at("lib", "room", "a.ts"), at("lib", "room", "b.ts"));
    expect(digest()).not.toBe(before);
  });

  it("stays for what is no part of the module", () => {
    const before = digest();
    writeFileSync(at("lib", "room", "a.spec.ts"), "a test");
    writeFileSync(at("README.md"), "text");
    expect(digest()).toBe(before);
  });
});
