import { describe, expect, it } from "@jest/globals";
import { type SchemaNode } from "../blueprint/schema";
import { SchemaStore } from "./openapi";
import { convertDocument } from "./openapi-schema";
import { ManualClock } from "./testing/manual-clock";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const kindOf = (group: string, version: string, kind: string) => ({
  "x-kubernetes-group-version-kind": [{ group, version, kind }],
});

const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";

function document(schemas: object): unknown {
  return { openapi: "3.0.0", components: { schemas } };
}

/** The schema of the kind Thing whose properties these are. */
function thing(properties: object, others: object = {}): SchemaNode | undefined {
  const schemas = { Thing: { type: "object", properties, ...kindOf("acme.io", "v1", "Thing") }, ...others };
  return convertDocument(document(schemas)).get("acme.io/v1/Thing");
}

function field(properties: object, name: string, others: object = {}): SchemaNode | undefined {
  return thing(properties, others)?.properties?.get(name);
}

describe("convertDocument", () => {
  it.each([
    ["a scalar", { type: "integer", format: "int32" }, { type: "integer" }],
    ["bytes", { type: "string", format: "byte" }, { type: "string" }],
    ["a quantity", { default: {}, allOf: [ref(QUANTITY)] }, { type: "string" }],
    ["an integer or text", ref(INT_OR_STRING), { intOrString: true }],
    [
      "a CRD's integer or text",
      { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] },
      { intOrString: true },
    ],
    ["a list", { type: "array", items: { type: "boolean" } }, { type: "array", items: { type: "boolean" } }],
    [
      "a list by keys",
      { type: "array", items: { type: "object" }, "x-kubernetes-list-map-keys": ["port", "protocol"] },
      { type: "array", items: { type: "object" }, listKeys: ["port", "protocol"] },
    ],
    [
      "a map",
      { type: "object", additionalProperties: { type: "string" } },
      { type: "object", additionalProperties: { type: "string" } },
    ],
    ["a map of anything", { type: "object", additionalProperties: true }, { type: "object", preserveUnknown: true }],
    ["anything", {}, { preserveUnknown: true }],
    [
      "an open object",
      { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      { type: "object", preserveUnknown: true },
    ],
    ["a reference to nowhere", ref("none"), { preserveUnknown: true }],
    ["a reference to another document", { $ref: "other.json#/x" }, { preserveUnknown: true }],
    ["a schema that is none", 7, { preserveUnknown: true }],
    ["a type that is none", { type: "nonsense" }, { preserveUnknown: true }],
  ])("reads %s", (_name, schema, expected) => {
    const wellKnown = {
      [QUANTITY]: { oneOf: [{ type: "string" }, { type: "number" }] },
      [INT_OR_STRING]: { format: "int-or-string" },
    };
    expect(field({ x: schema }, "x", wellKnown)).toEqual(expected);
  });

  it("shares what several fields refer to, wrapped in allOf or not", () => {
    const properties = { a: ref("Part"), b: { description: "x", allOf: [ref("Part")] } };
    const schema = thing(properties, { Part: { type: "object", properties: { n: { type: "number" } } } });
    expect(schema?.properties?.get("a")).toBe(schema?.properties?.get("b"));
    expect(schema?.properties?.get("a")?.properties?.get("n")).toEqual({ type: "number" });
  });

  it("follows recursive schemas without end, as JSONSchemaProps has them", () => {
    const props = {
      type: "object",
      properties: { not: ref("Props"), items: { type: "array", items: { default: {}, allOf: [ref("Props")] } } },
    };
    const node = field({ schema: ref("Props") }, "schema", { Props: props });
    expect(node?.properties?.get("not")).toBe(node);
    expect(node?.properties?.get("items")?.items).toBe(node);
  });

  it("survives references that only refer to each other", () => {
    expect(field({ x: ref("A") }, "x", { A: ref("B"), B: ref("A") })).toBeDefined();
  });

  it("leaves out lists and the types that every group has", () => {
    const schemas = {
      ThingList: {
        type: "object",
        properties: { items: { type: "array", items: {} } },
        ...kindOf("acme.io", "v1", "ThingList"),
      },
      AllowList: { type: "object", properties: { spec: {} }, ...kindOf("acme.io", "v1", "AllowList") },
      Options: {
        "x-kubernetes-group-version-kind": [
          { group: "", version: "v1", kind: "Options" },
          { group: "a", version: "v1", kind: "Options" },
        ],
      },
    };
    expect([...convertDocument(document(schemas)).keys()]).toEqual(["acme.io/v1/AllowList"]);
  });

  it.each([undefined, null, "x", {}, { components: { schemas: [] } }])("finds nothing in %j", value => {
    expect(convertDocument(value).size).toBe(0);
  });
});

describe("SchemaStore", () => {
  const gvk = { group: "acme.io", version: "v1", kind: "Thing" };

  class Server {
    readonly asked: string[] = [];
    hash = "1";
    kinds: Record<string, object> = {
      Thing: { type: "object", properties: { a: { type: "string" } }, ...kindOf("acme.io", "v1", "Thing") },
    };
    failing = false;

    request(_method: string, path: string): Promise<unknown> {
      this.asked.push(path);
      if (this.failing) return Promise.reject(new Error("away"));
      if (path !== "/openapi/v3") return Promise.resolve(document(this.kinds));
      return Promise.resolve({
        paths: { "apis/acme.io/v1": { serverRelativeURL: `/openapi/v3/apis/acme.io/v1?hash=${this.hash}` }, odd: 1 },
      });
    }
  }

  it("fetches index and document once, also when many ask at once", async () => {
    const server = new Server();
    const store = new SchemaStore(server);
    const schemas = await Promise.all([store.schemaFor(gvk), store.schemaFor(gvk), store.schemaFor(gvk)]);
    expect(schemas[0]?.properties?.get("a")).toEqual({ type: "string" });
    expect(new Set(schemas).size).toBe(1);
    expect(server.asked).toEqual(["/openapi/v3", "/openapi/v3/apis/acme.io/v1?hash=1"]);
  });

  it("asks nothing about groups that the index does not have", async () => {
    const server = new Server();
    expect(await new SchemaStore(server).schemaFor({ ...gvk, group: "other" })).toBeUndefined();
    expect(server.asked).toEqual(["/openapi/v3"]);
  });

  it("keeps documents whose hash stays, and fetches those whose hash changed", async () => {
    const server = new Server();
    const store = new SchemaStore(server);
    const before = await store.schemaFor(gvk);
    store.refresh();
    expect(await store.schemaFor(gvk)).toBe(before);
    expect(server.asked).toHaveLength(3);
    server.hash = "2";
    store.refresh();
    expect(await store.schemaFor(gvk)).not.toBe(before);
    expect(server.asked.at(-1)).toBe("/openapi/v3/apis/acme.io/v1?hash=2");
  });

  it("reads the index again for a kind that it does not know, at most every ten seconds", async () => {
    const server = new Server();
    const clock = new ManualClock();
    const store = new SchemaStore(server, { clock });
    const gadget = { ...gvk, kind: "Gadget" };
    expect(await store.schemaFor(gadget)).toBeUndefined();
    server.kinds = { ...server.kinds, Gadget: { type: "object", ...kindOf("acme.io", "v1", "Gadget") } };
    server.hash = "2";
    expect(await store.schemaFor(gadget)).toBeUndefined();
    expect(server.asked).toHaveLength(2);
    await clock.advance(10_000);
    expect(await store.schemaFor(gadget)).toEqual({ type: "object" });
  });

  it("tells a failure, and asks again the next time", async () => {
    const server = new Server();
    const store = new SchemaStore(server);
    server.failing = true;
    await expect(store.schemaFor(gvk)).rejects.toThrow("away");
    server.failing = false;
    expect(await store.schemaFor(gvk)).toBeDefined();
  });
});
