import { describe, expect, it } from "@jest/globals";
import { type LynqHubSpec, type MySqlSource } from "../../../crds";
import { type CheckResult, checkHub } from "./index";

const mysql: MySqlSource = { host: "db", database: "nodes", table: "node_data", username: "reader" };

function check(changes: Partial<LynqHubSpec> = {}): CheckResult {
  return checkHub({
    spec: {
      source: { type: "mysql", mysql },
      valueMappings: { uid: "node_id", activate: "is_active" },
      extraValueMappings: { planId: "subscription_plan", token: "api_token" },
      ...changes,
    },
  });
}

const source = (changes: Partial<MySqlSource>): Partial<LynqHubSpec> => ({
  source: { type: "mysql", mysql: { ...mysql, ...changes } },
});

const secret = { name: "s", key: "k" };

describe("checkHub", () => {
  it("accepts a sound hub without a word", () => {
    const sound = check({
      syncInterval: "30s",
      rowSchema: { required: ["planId"], properties: { uid: { type: "string" }, planId: { enum: ["basic"] } } },
      sensitiveValues: ["token"],
    });
    expect(sound).toEqual({ errors: [], warnings: [] });
  });

  it.each<[string, Partial<LynqHubSpec>, string, string]>([
    ["no mysql", { source: { type: "mysql" } }, "spec.source.mysql", "is required when type is mysql"],
    [
      "two users",
      source({ usernameRef: secret }),
      "spec.source.mysql.username",
      "give exactly one of username and usernameRef",
    ],
    [
      "a client certificate without its key",
      source({ tls: { certRef: secret } }),
      "spec.source.mysql.tls.certRef",
      "give both certRef and keyRef, or neither",
    ],
    [
      "two intervals that differ",
      { syncInterval: "30s", source: { type: "mysql", mysql, syncInterval: "1m" } },
      "spec.syncInterval",
      "spec.syncInterval and spec.source.syncInterval are two spellings of one setting and differ; keep one of them",
    ],
    [
      "an interval of nothing",
      { syncInterval: "0s" },
      "spec.syncInterval",
      '"0s" is no interval: a whole number followed by s, m or h, from 1s to 596h',
    ],
    [
      "an interval that no timer can wait for",
      { source: { type: "mysql", mysql, syncInterval: "597h" } },
      "spec.source.syncInterval",
      '"597h" is no interval: a whole number followed by s, m or h, from 1s to 596h',
    ],
    [
      "an interval in another unit",
      { syncInterval: "500ms" },
      "spec.syncInterval",
      '"500ms" is no interval: a whole number followed by s, m or h, from 1s to 596h',
    ],
    [
      "a change mark without a column",
      { source: { type: "mysql", mysql, changeMark: { column: " " } } },
      "spec.source.changeMark.column",
      "names no column",
    ],
    [
      "a change mark that is never trusted",
      { source: { type: "mysql", mysql, changeMark: { column: "updated_at", fullSyncInterval: "0m" } } },
      "spec.source.changeMark.fullSyncInterval",
      '"0m" is no interval: a whole number followed by s, m or h, from 1s to 596h',
    ],
    ["no uid", { valueMappings: { uid: " ", activate: "a" } }, "spec.valueMappings.uid", "is required: name a column"],
    [
      "no activate",
      { valueMappings: { uid: "id", activate: "" } },
      "spec.valueMappings.activate",
      "is required: name a column",
    ],
    [
      "a variable without a column",
      { extraValueMappings: { plan: "" } },
      "spec.extraValueMappings.plan",
      "names no column",
    ],
    [
      "a column without a variable",
      { extraValueMappings: { "": "x" } },
      'spec.extraValueMappings[""]',
      "a variable needs a name",
    ],
    ...["uid", "activate", "hubId", "templateRef"].map((name): [string, Partial<LynqHubSpec>, string, string] => [
      `an extra mapping named ${name}`,
      { extraValueMappings: { [name]: "x" } },
      `spec.extraValueMappings.${name}`,
      `the variable .${name} is Lynq's own; choose another name`,
    ]),
    [
      "a rowSchema that demands an unmapped variable",
      { rowSchema: { required: ["planID"] } },
      "spec.rowSchema.required[0]",
      'the hub maps no variable "planID", so no row could ever pass; did you mean planId?',
    ],
    [
      "a sensitive variable that does not exist",
      { sensitiveValues: ["token", "tokn"] },
      "spec.sensitiveValues[1]",
      'the hub maps no variable "tokn"; did you mean token?',
    ],
    [
      "a sensitive uid",
      { sensitiveValues: ["uid"] },
      "spec.sensitiveValues[0]",
      ".uid is part of names, labels or status and cannot be sensitive",
    ],
  ])("refuses %s", (_case, changes, path, message) => {
    expect(check(changes).errors).toMatchObject([{ path, message }]);
  });

  it("refuses a rowSchema that is none", () => {
    const { errors } = check({ rowSchema: { properties: { uid: { type: "text" } } } });
    expect(errors.map(({ path }) => path)).toEqual(["spec.rowSchema"]);
    expect(errors[0]?.message).toMatch(/^rowSchema is not usable: schema is invalid/);
  });

  it("reports all problems at once", () => {
    const { errors } = check({
      syncInterval: "0s",
      extraValueMappings: { uid: "" },
      rowSchema: { type: "string" },
      sensitiveValues: ["nope"],
    });
    expect(errors.map(({ path }) => path)).toEqual([
      "spec.syncInterval",
      "spec.extraValueMappings.uid",
      "spec.extraValueMappings.uid",
      "spec.rowSchema",
      "spec.sensitiveValues[0]",
    ]);
  });

  it.each<[string, Partial<LynqHubSpec>, string, string]>([
    [
      "hostOrUrl",
      { valueMappings: { uid: "id", activate: "a", hostOrUrl: "url" } },
      "spec.valueMappings.hostOrUrl",
      "is deprecated since v1.1.11 of the Go operator; map the column in extraValueMappings and use the toHost function",
    ],
    [
      "a variable that needs index",
      { extraValueMappings: { "plan-id": "plan" } },
      "spec.extraValueMappings.plan-id",
      'a template cannot write .plan-id; it needs {{ index . "plan-id" }}',
    ],
    [
      "an authority that is not asked",
      source({ tls: { caRef: secret } }),
      "spec.source.mysql.tls.caRef",
      "is not used: mode preferred checks no certificate; set mode to verify-ca or verify-identity",
    ],
    [
      "a rowSchema with an unmapped variable",
      { rowSchema: { properties: { plan: {} } } },
      "spec.rowSchema.properties.plan",
      'the hub maps no variable "plan"',
    ],
    [
      "a change mark that is trusted for no look",
      { source: { type: "mysql", mysql, changeMark: { column: "updated_at", fullSyncInterval: "30s" } } },
      "spec.source.changeMark.fullSyncInterval",
      "30s is not longer than syncInterval 30s: the whole table is read every time, as without a change mark",
    ],
  ])("warns of %s", (_case, changes, path, message) => {
    expect(check(changes)).toMatchObject({ errors: [], warnings: [{ path, message }] });
  });

  it("lets extra mappings take host and hostOrUrl, unless hostOrUrl is mapped", () => {
    const extraValueMappings = { host: "domain", hostOrUrl: "url" };
    expect(check({ extraValueMappings })).toMatchObject({ errors: [], warnings: [] });
    const valueMappings = { uid: "id", activate: "a", hostOrUrl: "url" };
    expect(check({ extraValueMappings, valueMappings }).errors.map(({ path }) => path)).toEqual([
      "spec.extraValueMappings.host",
      "spec.extraValueMappings.hostOrUrl",
    ]);
  });

  it("lets hostOrUrl be sensitive where it is mapped, together with host", () => {
    const valueMappings = { uid: "id", activate: "a", hostOrUrl: "url" };
    expect(check({ valueMappings, sensitiveValues: ["hostOrUrl", "host"] }).errors).toMatchObject([]);
    expect(check({ valueMappings, sensitiveValues: ["hostOrUrl"] }).errors).toMatchObject([
      { path: "spec.sensitiveValues", message: ".host is made from .hostOrUrl: list host, too" },
    ]);
    expect(check({ sensitiveValues: ["hostOrUrl"] }).errors.map(({ path }) => path)).toEqual([
      "spec.sensitiveValues[0]",
    ]);
  });
});
