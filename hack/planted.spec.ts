import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { assertSilent, found, plant, planted } from "./planted";

describe("planted values", () => {
  const value = "correct-horse-battery\"'<&> staple";
  let folder: string;
  let log: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lynq-planted-"));
    log = join(folder, "operator.log");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("are kept for all who ask, once each", () => {
    expect(planted(folder)).toEqual([]);
    plant(folder, value);
    plant(folder, value);
    expect(planted(folder)).toEqual([value]);
  });

  it("are found as they are, quoted, in base64 and in URLs", () => {
    for (const text of [value, JSON.stringify({ msg: value }), encodeURIComponent(value)])
      expect(found(`before ${text} after`, [value])).toEqual([value]);
    expect(found(Buffer.from(value).toString("base64"), [value])).toEqual([value]);
    expect(found("correct horse", [value])).toEqual([]);
  });

  it("must be such that a find means something", () => {
    expect(() => {
      plant(folder, 'secret"-and-more-of-it');
    }).toThrow("plant a value of 12 letters and digits or more");
  });

  it("fail a run whose log tells them, with the line", () => {
    plant(folder, value);
    writeFileSync(log, '{"msg":"working"}\n');
    expect(assertSilent(folder, log)).toEqual({ bytes: 18, values: 1 });
    writeFileSync(log, `{"msg":"working"}\n${JSON.stringify({ msg: `mysql://u:${value}@db` })}\n`);
    expect(() => assertSilent(folder, log)).toThrow(/^the operator's log tells sensitive values:\n\{"msg":"mysql/);
  });
});
