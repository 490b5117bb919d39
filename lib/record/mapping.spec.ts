import { describe, expect, it } from "@jest/globals";
import { type HubMappings, RowMapper } from "./mapping";

const extra = (entries: Record<string, string>): Map<string, string> => new Map(Object.entries(entries));
const mapper = (mappings: Partial<HubMappings> = {}): RowMapper =>
  new RowMapper({ uid: "id", activate: "on", extra: new Map(), ...mappings });

describe("RowMapper.columns", () => {
  it("puts uid, hostOrUrl and activate first, then the extra columns by the name of their variable", () => {
    const columns = mapper({
      hostOrUrl: "url",
      extra: extra({ plan: "z_plan", image: "a_image", Alpha: "m" }),
    }).columns;
    expect(columns).toEqual(["id", "url", "on", "m", "a_image", "z_plan"]);
  });

  it("reads a column once, however often it is mapped", () => {
    const columns = mapper({ activate: "id", extra: extra({ a: "x", b: "id", c: "x" }) }).columns;
    expect(columns).toEqual(["id", "x"]);
  });

  it("does not depend on the order in which the hub lists its mappings", () => {
    const one = mapper({ extra: extra({ a: "1", b: "2", c: "3" }) }).columns;
    const other = mapper({ extra: extra({ c: "3", a: "1", b: "2" }) }).columns;
    expect(other).toEqual(one);
  });
});

describe("RowMapper.toRecord", () => {
  it("gives uid, activate and the extra variables as texts", () => {
    const record = mapper({ extra: extra({ plan: "plan" }) }).toRecord(["acme", "yes", "pro"]);
    expect(record.uid).toBe("acme");
    expect(record.active).toBe(true);
    expect(Object.fromEntries(record.values)).toEqual({ uid: "acme", activate: "yes", plan: "pro" });
  });

  it("gives a column that is mapped twice to both variables", () => {
    const record = mapper({ extra: extra({ a: "x", b: "x" }) }).toRecord(["acme", "1", "v"]);
    expect([record.values.get("a"), record.values.get("b")]).toEqual(["v", "v"]);
  });

  it("reads NULL as the empty text, and an activate column of NULL as inactive", () => {
    const record = mapper({ extra: extra({ plan: "plan" }) }).toRecord([null, null, null]);
    expect(record).toMatchObject({ uid: "", active: false });
    expect(Object.fromEntries(record.values)).toEqual({ uid: "", activate: "", plan: "" });
  });

  it("has hostOrUrl and host only where hostOrUrl is mapped", () => {
    const without = mapper().toRecord(["acme", "1"]).values;
    expect([without.has("hostOrUrl"), without.has("host")]).toEqual([false, false]);

    const mapped = mapper({ hostOrUrl: "url" }).toRecord(["acme", "https://acme.example.com:8443/x", "1"]).values;
    expect([mapped.get("hostOrUrl"), mapped.get("host")]).toEqual([
      "https://acme.example.com:8443/x",
      "acme.example.com",
    ]);
  });

  it.each([null, ""])("falls back to the uid where hostOrUrl is %j", url => {
    const values = mapper({ hostOrUrl: "url" }).toRecord(["acme", url, "1"]).values;
    expect([values.get("hostOrUrl"), values.get("host")]).toEqual(["acme", "acme"]);
  });

  it("lets extra mappings win over uid, activate, hostOrUrl and host, for templates only", () => {
    const record = mapper({
      hostOrUrl: "url",
      extra: extra({ uid: "other", activate: "other", hostOrUrl: "other", host: "other" }),
    }).toRecord(["acme", "https://a.b", "1", "x"]);
    expect(record).toMatchObject({ uid: "acme", active: true });
    expect(Object.fromEntries(record.values)).toEqual({ uid: "x", activate: "x", hostOrUrl: "x", host: "x" });
  });

  it("keeps variables that are named like members of every object apart from them", () => {
    const record = mapper({ extra: new Map([["__proto__", "p"]]) }).toRecord(["acme", "1", "v"]);
    expect(record.values.get("__proto__")).toBe("v");
    expect(record.values.get("toString")).toBeUndefined();
  });

  it("refuses a row that does not fit its columns", () => {
    expect(() => mapper().toRecord(["acme"])).toThrow(TypeError);
  });
});
