import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";

import { createScratch } from "../../../scratch";
import { AuditLog } from "./audit-log";

const scratch = createScratch();
let number = 0;
let path = "";

const write = (...events: Record<string, unknown>[]) => {
  for (const event of events)
    appendFileSync(
      path,
      `${JSON.stringify({ auditID: "1", stage: "ResponseComplete", responseStatus: { code: 200 }, ...event })}\n`,
    );
};
const pods = { resource: "pods", namespace: "a", name: "b" };

beforeEach(() => {
  path = join(scratch.path, `audit-${number++}.log`);
});

afterAll(() => {
  scratch.remove();
});

describe("the audit log", () => {
  it("counts requests between two places by verb and resource, and watches apart", async () => {
    const log = new AuditLog(path);
    write({ verb: "create", objectRef: pods });
    const from = await log.position();
    write(
      { verb: "patch", objectRef: { ...pods, subresource: "status" } },
      { verb: "patch", objectRef: { ...pods, subresource: "status" }, responseStatus: { code: 409 } },
      { verb: "list", objectRef: pods },
      { verb: "get", requestURI: "/openapi/v3?x=y" },
      { verb: "watch", objectRef: pods, stage: "ResponseStarted" },
    );
    const to = await log.position();
    write({ verb: "delete", objectRef: pods });
    expect(await log.count(from, to)).toEqual({
      byKind: { "patch pods/status": 2, "list pods": 1, "get /openapi": 1 },
      reads: 2,
      writes: 2,
      watchesOpened: 1,
      refused: { 409: 1 },
    });
  });

  it("knows which watches are open", async () => {
    const log = new AuditLog(path);
    const watch = { verb: "watch", objectRef: pods };
    write({ ...watch, auditID: "1", stage: "ResponseStarted" }, { ...watch, auditID: "2", stage: "ResponseStarted" });
    expect(await log.openWatches()).toBe(2);
    write({ ...watch, auditID: "1" }, { ...watch, auditID: "3", responseStatus: { code: 410 } });
    expect(await log.openWatches()).toBe(1);
  });

  it("that is not there yet holds nothing", async () => {
    const log = new AuditLog(path);
    expect(await log.position()).toBe(0);
    expect(await log.count(0, 0)).toMatchObject({ reads: 0, writes: 0 });
  });
});
