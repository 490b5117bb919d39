import { describe, expect, it } from "@jest/globals";
import { formatField } from "./schema-problem";
import { documentUnits, type SchemaUnits } from "./schema-units";
import { SchemaValidator } from "./schema-validator";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";

function kind(properties: object, more: object = {}, others: object = {}): SchemaUnits {
  const identity = { "x-kubernetes-group-version-kind": [{ group: "acme.io", version: "v1", kind: "Thing" }] };
  const spec = { type: "object", properties, ...more };
  const schemas = { Thing: { type: "object", properties: { spec }, ...identity }, ...others };
  return documentUnits({ components: { schemas } });
}

function told(schemas: SchemaUnits, spec: unknown, validator = new SchemaValidator()): string[] {
  return validator
    .problems(schemas, "Thing", { spec })
    .map(({ field, message, lenient }) => `${formatField(field)}: ${message}${lenient ? " (lenient)" : ""}`);
}

const text = { type: "string" };
const integer = { type: "integer" };

describe("a custom resource's schema", () => {
  it.each<[string, object, unknown, string[]]>([
    ["an unknown field", { image: text }, { imag: "x" }, ["spec.imag: unknown field; did you mean image?"]],
    ["a number for text", { a: text }, { a: 5 }, ["spec.a: must be text, not 5; put it in quotes"]],
    ["text for a number", { a: integer }, { a: "5" }, ['spec.a: must be a whole number, not "5"']],
    [
      "a list for a map",
      { a: { type: "object", additionalProperties: text } },
      { a: [] },
      ["spec.a: must be an object, not a list"],
    ],
    [
      "a map's value",
      { a: { type: "object", additionalProperties: text } },
      { a: { "x/y": 1 } },
      ['spec.a["x/y"]: must be text, not 1; put it in quotes'],
    ],
    [
      "an enum",
      { a: { ...text, enum: ["Red", "Blue"] } },
      { a: "red" },
      ['spec.a: "red" is not one of Red, Blue; did you mean Red?'],
    ],
    [
      "a pattern of RE2",
      { a: { ...text, pattern: "^\\d+[smh]$" } },
      { a: "5 m" },
      ['spec.a: "5 m" does not match ^\\d+[smh]$'],
    ],
    ["a pattern that is none", { a: { ...text, pattern: "(" } }, { a: "x" }, []],
    ["a format", { a: { ...text, format: "byte" } }, { a: "ä" }, ['spec.a: "ä" is not base64']],
    ["a format that is not looked at", { a: { ...text, format: "cidr" } }, { a: "x" }, []],
    [
      "a limit that is excluded",
      { a: { ...integer, minimum: 0, exclusiveMinimum: true } },
      { a: 0 },
      ["spec.a: 0 is not more than 0"],
    ],
    [
      "lengths",
      { a: { ...text, maxLength: 2 }, b: { type: "array", minItems: 1, items: text } },
      { a: "äöü", b: [] },
      ["spec.a: has 3 characters, more than 2", "spec.b: has 0 items, fewer than 1"],
    ],
    [
      "a set",
      { a: { type: "array", items: text, "x-kubernetes-list-type": "set" } },
      { a: ["x", "y", "x"] },
      ['spec.a[2]: "x" is listed twice'],
    ],
    [
      "an integer or text",
      { a: { "x-kubernetes-int-or-string": true, anyOf: [integer, text] } },
      { a: true },
      ["spec.a: must be a whole number or text, not true; put it in quotes"],
    ],
    [
      "either of an integer or text",
      { a: { "x-kubernetes-int-or-string": true, anyOf: [integer, text] } },
      { a: "5" },
      [],
    ],
    ["a null, which is no value", { a: text }, { a: null }, []],
    [
      "an item that is null",
      { a: { type: "array", items: text } },
      { a: ["x", null] },
      ["spec.a[1]: must be text, not null"],
    ],
    ["an item that may be null", { a: { type: "array", items: { ...text, nullable: true } } }, { a: [null] }, []],
    ["anything", { a: {} }, { a: { b: [1] } }, []],
    [
      "fields that are kept",
      { a: { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { n: integer } } },
      { a: { x: 1, n: "y" } },
      ['spec.a.n: must be a whole number, not "y"'],
    ],
    [
      "an embedded object",
      { a: { type: "object", "x-kubernetes-embedded-resource": true, properties: { spec: { type: "object" } } } },
      { a: { apiVersion: "v1", kind: "X", metadata: { x: 1 }, nope: 1 } },
      ["spec.a.nope: unknown field"],
    ],
    ["a reference to nowhere", { a: ref("none") }, { a: 1 }, []],
    ["a schema that is none", { a: 7 }, { a: 1 }, []],
  ])("%s", (_, properties, spec, expected) => {
    expect(told(kind(properties), spec)).toEqual(expected);
  });

  it("asks for required fields, but not for those that the server fills in, nor where null is allowed", () => {
    const schemas = kind(
      { a: text, b: { ...text, default: "" }, c: { ...text, nullable: true }, d: text },
      { required: ["a", "b", "c", "d"] },
    );
    expect(told(schemas, { c: null, d: null })).toEqual(["spec.a: is required", "spec.d: is required"]);
  });

  it("tells alternatives by one sentence, and lets branches name fields without forbidding others", () => {
    const fields = { a: text, b: text, c: text };
    const one = kind(fields, { oneOf: [{ required: ["a"] }, { required: ["b", "c"] }] });
    expect(told(one, { a: "x", c: "y" })).toEqual([]);
    expect(told(one, {})).toEqual([
      "spec: fits none or several of the alternatives of which exactly one must fit (oneOf): a, b with c",
    ]);
    const not = kind(fields, { not: { properties: { a: { enum: ["bad"] } }, required: ["a"] } });
    expect(told(not, { a: "good", b: "x" })).toEqual([]);
    expect(told(not, { a: "bad" })).toEqual(["spec: is written in a way that its schema forbids (not)"]);
  });

  it("never looks at metadata and status, which are not the form's", () => {
    const validator = new SchemaValidator();
    expect(validator.problems(kind({}), "Thing", { metadata: { x: 1 }, status: 5, kind: 1, sped: {} })).toMatchObject([
      { field: ["sped"], message: "unknown field; did you mean spec?", kind: "unknown" },
    ]);
  });
});

describe("a type of Kubernetes itself", () => {
  const POD = "io.k8s.api.core.v1.Pod";
  const field = (properties: object, required: string[] = []) =>
    kind(
      { pod: ref(POD) },
      {},
      {
        [POD]: { type: "object", properties, required },
        [QUANTITY]: { oneOf: [text, { type: "number" }] },
      },
    );

  it("has zeros for defaults, which make nothing optional; what Go cannot tell from zero only the server knows", () => {
    const schemas = field(
      {
        name: { ...text, default: "" },
        port: { ...integer, default: 0 },
        on: { type: "boolean", default: false },
        proto: { ...text, default: "TCP" },
      },
      ["name", "port", "on", "proto"],
    );
    expect(told(schemas, { pod: {} })).toEqual([
      "spec.pod.name: is required",
      "spec.pod.port: is required (lenient)",
      "spec.pod.on: is required (lenient)",
    ]);
  });

  it("takes empty text for a word that is not given", () => {
    expect(told(field({ policy: { ...text, enum: ["Always", "Never"] } }), { pod: { policy: "" } })).toEqual([]);
  });

  it.each(["1", "1.5", ".5", "5.", "-1", "+100m", "1Gi", "1E", "1e3", "12E-2", 5, 0.1, "64n"])(
    "takes %j as a quantity",
    quantity => {
      expect(told(field({ cpu: { default: {}, allOf: [ref(QUANTITY)] } }), { pod: { cpu: quantity } })).toEqual([]);
    },
  );

  it.each(["", "1Gb", "1 Gi", "m", "1,5", "one", "1ki"])("refuses %j as a quantity", quantity => {
    expect(told(field({ cpu: ref(QUANTITY) }), { pod: { cpu: quantity } })).toEqual([
      `spec.pod.cpu: "${quantity}" is not a quantity such as 500m or 1Gi`,
    ]);
  });

  it("follows types that refer to themselves, as deep as the value goes", () => {
    const PROPS = "io.k8s.api.x.v1.Props";
    const schemas = kind(
      { root: ref(PROPS) },
      {},
      {
        [PROPS]: {
          type: "object",
          properties: { type: text, properties: { type: "object", additionalProperties: ref(PROPS) } },
        },
      },
    );
    expect(told(schemas, { root: { properties: { a: { properties: { b: { typ: "x" } } } } } })).toEqual([
      "spec.root.properties.a.properties.b.typ: unknown field; did you mean type?",
    ]);
  });
});

describe("what is kept", () => {
  const level = (name: string) => kind({ [name]: { type: "object", properties: { x: text } } });

  it("is compiled when a value reaches it, and shared by what is equal", () => {
    const validator = new SchemaValidator();
    told(level("a"), {}, validator);
    expect(validator.cached.units).toBe(2);
    told(level("a"), { a: {} }, validator);
    expect(validator.cached.units).toBe(3);
    told(kind({ a: { type: "object", properties: { x: text } }, b: text }), { a: {} }, validator);
    expect(validator.cached.units).toBe(4);
  });

  it("stays within its bound, and what is let go of is compiled again", () => {
    const validator = new SchemaValidator(100_000);
    for (let index = 0; index < 30; index++) told(level(`field-${index}`), { [`field-${index}`]: {} }, validator);
    expect(validator.cached.bytes).toBeLessThanOrEqual(100_000);
    expect(told(level("field-0"), { other: 1 }, validator)).toEqual(["spec.other: unknown field"]);
  });
});
