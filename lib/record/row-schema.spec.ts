import { describe, expect, it } from "@jest/globals";
import { RowSchema, RowSchemaError } from "./row-schema";

const reasons = (schema: unknown, values: Record<string, string>, sensitive?: readonly string[]): readonly string[] =>
  new RowSchema(schema, new Set(sensitive)).reasons(new Map(Object.entries(values)));

const property = (rule: object): object => ({ properties: { v: rule } });

describe("RowSchema", () => {
  it.each([
    [{ type: "string", minLength: 3 }, "ab", "v must NOT have fewer than 3 characters"],
    [{ enum: ["basic", "pro"] }, "gold", 'v must be one of "basic", "pro"'],
    [{ const: "x" }, "y", 'v must be "x"'],
    [{ type: "string", pattern: "^[a-z]+$" }, "A1", 'v must match pattern "^[a-z]+$"'],
    [{ type: "string", format: "email" }, "acme", 'v must match format "email"'],
    [{ type: "integer" }, "1.5", "v must be integer"],
    [{ type: "integer" }, "", "v must be integer"],
    [{ type: "integer", minimum: 1, maximum: 9 }, "10", "v must be <= 9"],
    [{ type: "number", exclusiveMinimum: 0 }, "0", "v must be > 0"],
    [{ type: "boolean" }, "maybe", "v must be boolean"],
  ])("says what breaks %j", (rule, value, expected) => {
    expect(reasons(property(rule), { v: value })).toEqual([`${expected}, not "${value}"`]);
  });

  it.each([
    [{ type: "integer", minimum: 1, maximum: 9 }, "7"],
    [{ type: "number" }, "-0.5"],
    [{ type: "boolean" }, "true"],
    [{ type: "boolean" }, "1"],
    [{ type: "boolean", const: false }, "0"],
    [{ type: ["integer", "null"] }, ""],
    [{ type: "string", pattern: "b" }, "abc"],
    [{ type: "string", format: "date-time" }, "2024-01-02T03:04:05.25Z"],
    [{ type: "string", format: "date" }, "2024-02-29"],
    [{ type: "string", format: "hostname" }, "acme.example.com"],
    [{ type: "string", format: "ipv4" }, "10.0.255.1"],
    [{ type: "string", format: "uri" }, "https://acme.example.com/x"],
    [{ type: "string", format: "uuid" }, "123e4567-e89b-12d3-a456-426614174000"],
  ])("accepts by %j", (rule, value) => {
    expect(reasons(property(rule), { v: value })).toEqual([]);
  });

  it.each([
    ["hostname", "-acme.com"],
    ["hostname", "a..b"],
    ["ipv4", "10.0.0.256"],
    ["uri", "acme"],
    ["uuid", "123e4567"],
    ["date", "2024-13-01"],
    ["date", "0000-00-00"],
    ["date-time", "2024-01-02 03:04:05"],
    ["email", "a@b@c.de"],
  ])("refuses by format %s the value %j", (format, value) => {
    expect(reasons(property({ type: "string", format }), { v: value })).toHaveLength(1);
  });

  it("lists every broken rule, each once", () => {
    const schema = {
      properties: { plan: { enum: ["basic"] }, replicas: { type: "integer", minimum: 1 } },
      required: ["plan", "replicas", "image"],
      additionalProperties: false,
    };
    expect(reasons(schema, { plan: "gold", replicas: "0", other: "x" })).toEqual([
      "image is missing: map it, or take it out of required",
      "other is not in the schema",
      'plan must be one of "basic", not "gold"',
      'replicas must be >= 1, not "0"',
    ]);
  });

  it("shows no value of a sensitive variable", () => {
    const schema = { properties: { token: { type: "string", minLength: 20 }, plan: { enum: ["basic"] } } };
    const found = reasons(schema, { token: "s3cret", plan: "gold" }, ["token"]);
    expect(found).toEqual(["token must NOT have fewer than 20 characters", 'plan must be one of "basic", not "gold"']);
  });

  it("shortens long values and escapes what does not print", () => {
    const [found] = reasons(property({ enum: ["a"] }), { v: `\n${"x".repeat(300)}` });
    expect(found).toBe(`v must be one of "a", not "\\u{a}${"x".repeat(59)}…"`);
  });

  it("leaves the record's texts alone", () => {
    const values = new Map([["v", "007"]]);
    expect(new RowSchema(property({ type: "integer" })).reasons(values)).toEqual([]);
    expect(values.get("v")).toBe("007");
  });

  it("does not take members that every object has for variables", () => {
    expect(reasons({ required: ["toString", "__proto__"] }, {})).toHaveLength(2);
    expect(reasons({ required: ["toString"] }, { toString: "x" })).toEqual([]);
  });

  it.each([
    ["text", /must be a JSON Schema object/],
    [null, /must be a JSON Schema object/],
    [{ type: "array" }, /type must be "object"/],
    [{ properties: { v: { type: "text" } } }, /not usable/],
    [{ properties: { v: { minimum: 3 } } }, /not usable.*minimum/],
    [{ properties: { v: { type: "string", format: "phone" } } }, /not usable.*phone/],
    [{ properties: { v: { type: "string", pattern: "(" } } }, /not usable/],
    [{ properties: { v: { type: "string", pattern: "(?=a)b" } } }, /not usable/],
    [{ propertys: {} }, /not usable.*propertys/],
    [{ $ref: "https://example.com/schema.json" }, /not usable/],
    [{ $schema: "https://json-schema.org/draft/2020-12/schema" }, /not usable/],
  ])("refuses the schema %j", (schema, message) => {
    expect(() => new RowSchema(schema)).toThrow(RowSchemaError);
    expect(() => new RowSchema(schema)).toThrow(message);
  });

  it("takes linear time for a pattern that would hang a backtracking engine", () => {
    expect(reasons(property({ type: "string", pattern: "^(a+)+$" }), { v: `${"a".repeat(5000)}!` })).toHaveLength(1);
  });
});
