import { describe, expect, it } from "@jest/globals";
import { type LynqHubSpec } from "../../../crds";
import { RowSchema } from "../../record/row-schema";
import { sampleContext, sampleRecords } from "./samples";

const hub: LynqHubSpec = {
  source: { type: "mysql", mysql: { host: "db", database: "nodes", table: "node_data", username: "reader" } },
  valueMappings: { uid: "node_id", activate: "is_active" },
  extraValueMappings: { plan: "subscription_plan", token: "api_token" },
};

const only = (spec: LynqHubSpec, options = {}) => Object.fromEntries(sampleRecords(spec, options)[0]?.values ?? []);

describe("sampleRecords", () => {
  it("makes up two rows that differ in their uid only, and says what was guessed", () => {
    const records = sampleRecords(hub);
    expect(records.map(({ uid }) => uid)).toEqual(["sample-a", "sample-b"]);
    expect(records.map(({ values }) => Object.fromEntries(values))).toEqual([
      { uid: "sample-a", activate: "1", plan: "sample", token: "sample" },
      { uid: "sample-b", activate: "1", plan: "sample", token: "sample" },
    ]);
    expect(records[0]?.guessed).toEqual(new Set(["plan", "token"]));
  });

  it("takes the guess it is given, and variables that no hub maps yet", () => {
    expect(sampleRecords(undefined, { guess: "1", variables: ["plan"] })[0]).toEqual({
      uid: "sample-a",
      values: new Map([
        ["plan", "1"],
        ["activate", "1"],
        ["uid", "sample-a"],
      ]),
      guessed: new Set(["plan"]),
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a choice", { enum: ["basic", "pro"] }, "basic"],
    ["a constant", { const: "pro" }, "pro"],
    ["an example", { type: "string", pattern: "^[a-z]{2}$", examples: ["eu"] }, "eu"],
    ["a default", { type: "string", maxLength: 9, default: "basic" }, "basic"],
    ["an integer", { type: "integer", minimum: 3, maximum: 9 }, "3"],
    ["an integer with an end only", { type: "integer", maximum: -3 }, "-4"],
    ["a boolean", { type: "boolean", description: "on?" }, "true"],
    ["a date", { type: "string", format: "date" }, "2026-01-01"],
    ["an address", { type: "string", format: "email" }, "a@example.com"],
  ])("knows %s of the row schema", (_case, plan, value) => {
    const rowSchema = { properties: { plan } };
    const [record] = sampleRecords({ ...hub, rowSchema });
    expect(record?.values.get("plan")).toBe(value);
    expect(record?.guessed.has("plan")).toBe(false);
    expect(new RowSchema(rowSchema).reasons(record?.values ?? new Map())).toEqual([]);
  });

  it("guesses what it does not understand of the row schema", () => {
    const [record] = sampleRecords({ ...hub, rowSchema: { properties: { plan: { pattern: "^[a-z]{2}$" } } } });
    expect(record?.guessed.has("plan")).toBe(true);
  });

  it("gives uids the type that the row schema asks for", () => {
    const rowSchema = { properties: { uid: { type: "integer", minimum: 100 } } };
    expect(sampleRecords({ ...hub, rowSchema }).map(({ uid }) => uid)).toEqual(["100", "101"]);
  });

  it("prefers real rows, up to 20, without their sensitive values", () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({
      uid: `row-${index}`,
      values: { plan: "pro", token: "t0p" },
    }));
    const records = sampleRecords({ ...hub, sensitiveValues: ["token"] }, { rows });
    expect(records).toHaveLength(20);
    expect(Object.fromEntries(records[0]?.values ?? [])).toEqual({
      uid: "row-0",
      activate: "1",
      plan: "pro",
      token: "sample",
    });
    expect(records[0]?.guessed).toEqual(new Set(["token"]));
  });

  it("makes host from hostOrUrl", () => {
    const mapped = { ...hub, valueMappings: { ...hub.valueMappings, hostOrUrl: "url" } };
    expect(only(mapped)).toMatchObject({ hostOrUrl: "https://sample-a.example.com", host: "sample-a.example.com" });
    expect(only(mapped, { rows: [{ uid: "a", values: { hostOrUrl: "https://a.b:8080/" } }] })).toMatchObject({
      host: "a.b",
    });
  });
});

describe("sampleContext", () => {
  it("adds what templates know beside the row", () => {
    const [record] = sampleRecords(hub);
    if (record === undefined) throw new Error("no sample");
    const { node, variables } = sampleContext(record, { namespace: "ns", hub: "h", form: "f" });
    expect(node).toEqual({ namespace: "ns", name: "sample-a-f", hub: "h", form: "f", recordUid: "sample-a" });
    expect(variables.get("hubId")).toBe("h");
    expect(variables.get("templateRef")).toBe("f");
  });
});
