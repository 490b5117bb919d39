import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../environment/eventually";
import { type Manifest, Scenario } from "../environment/scenario";
import { refusal, warnings } from "./answer";

/** Who may write a kind that is not there is another question. */
const aboutRights = /has the rights for it|LYNQ_AUTHORIZE/;

let scenario: Scenario;
let group: string;

beforeAll(async () => {
  scenario = await Scenario.open("schema-crd");
  group = `${scenario.namespace}.example.com`;
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN)");
  await scenario.hub();
});

afterAll(async () => {
  await scenario.kubectl(["delete", "crd", `widgets.${group}`, "--ignore-not-found"]);
  await scenario.close();
});

/** Installs the definition, or changes it, and waits until the API server works with it: for a field that is new. */
async function define(spec: Record<string, unknown>): Promise<void> {
  await scenario.apply({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind: "Widget", listKind: "WidgetList", plural: "widgets", singular: "widget" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: "object", required: ["spec"], properties: { spec: { type: "object", ...spec } } },
          },
        },
      ],
    },
  });
  // It is established a moment before it is served.
  await eventually(async () => {
    const { code, stderr } = await scenario.kubectl(["get", `widgets.${group}`]);
    if (code !== 0) throw new Error(stderr);
  });
}

const form = (name: string, spec: unknown): Manifest =>
  scenario.formManifest(name, {
    manifests: [{ id: "w", nameTemplate: "{{ .uid }}-w", spec: { apiVersion: `${group}/v1`, kind: "Widget", spec } }],
  });
/** Asked without storing anything: what passes while the definition is on its way would be an old fault from then on. */
const refused = (spec: unknown) => refusal(scenario, form("refused", spec), ["--dry-run=server"]);
const warned = async (spec: unknown) =>
  (await warnings(scenario, form("taken", spec), ["--dry-run=server"])).filter(line => !aboutRights.test(line));

const text = { type: "string" };
const rules = {
  required: ["size", "mode"],
  properties: {
    size: { type: "integer", minimum: 1, maximum: 5 },
    mode: { ...text, enum: ["Fast", "Slow"], default: "Fast" },
    name: { ...text, pattern: "^[a-z]+$", maxLength: 5 },
    port: { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, text] },
    note: { ...text, nullable: true },
    tags: { type: "array", items: text, "x-kubernetes-list-type": "set" },
    open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    tree: { type: "object", additionalProperties: { type: "object", properties: { leaf: { type: "boolean" } } } },
    source: {
      type: "object",
      properties: { git: text, image: text },
      oneOf: [{ required: ["git"] }, { required: ["image"] }],
    },
    low: { type: "integer" },
    high: { type: "integer" },
  },
  "x-kubernetes-validations": [
    { rule: "!has(self.low) || !has(self.high) || self.low < self.high", message: "low must be below high" },
  ],
};

describe("a form of a kind that is installed and changed while the webhook runs", () => {
  it("is only warned before the kind is there", async () => {
    expect(await warned({ size: "wrong" })).toEqual([
      `spec.manifests[0].spec.kind: the cluster does not serve Widget of ${group}/v1; its object was not checked, and nodes wait for the kind`,
    ]);
  });

  it("is checked against the definition as soon as it is there: every rule of it, in one answer", async () => {
    await define(rules);
    const wrong = {
      size: 9,
      mode: "fast",
      name: "Long-Name",
      port: true,
      tags: ["a", "b", "a"],
      tree: { x: { leaf: "yes", leef: 1 } },
      source: { git: "x", image: "y" },
      nam: "x",
    };
    const at = "spec.manifests[0].spec.spec";
    // The server's own words until it has published the schema, which takes it a moment.
    const found = await eventually(async () => {
      const lines = await refused(wrong);
      expect(lines).not.toContainEqual(expect.stringContaining("the API server refuses it"));
      return lines;
    });
    expect(found.sort()).toEqual([
      `${at}.mode: "fast" is not one of Fast, Slow; did you mean Fast?`,
      `${at}.nam: unknown field; did you mean name?`,
      `${at}.name: has 9 characters, more than 5`,
      `${at}.port: must be a whole number or text, not true; put it in quotes`,
      `${at}.size: 9 is more than 5`,
      `${at}.source: fits none or several of the alternatives of which exactly one must fit (oneOf): git, image`,
      `${at}.tags[2]: "a" is listed twice`,
      `${at}.tree.x.leaf: must be true or false, not "yes"`,
      `${at}.tree.x.leef: unknown field; did you mean leaf?`,
    ]);
    expect(await refused({})).toEqual([`${at}.size: is required`]);
  });

  it("hears the rules that only the API server can check", async () => {
    expect(await refused({ size: 1, low: 2, high: 1 })).toEqual([
      "spec.manifests[0].spec.spec: the API server refuses it: Invalid value: low must be below high",
    ]);
  });

  it("is taken with defaults, nulls, and everything that the definition leaves open", async () => {
    const spec = {
      size: 2,
      note: null,
      name: null,
      port: "http",
      open: { any: [{ thing: 1 }] },
      tree: { x: {} },
      source: { image: "i" },
    };
    expect(await warned(spec)).toEqual([]);
    expect(await warned({ ...spec, port: 80 })).toEqual([]);
  });

  it("follows a change of the definition at once, in both directions", async () => {
    const { size, mode } = rules.properties;
    await define({ properties: { size: text, mode, fresh: { type: "integer" } } });
    // The server's own words, as above, until it has published the schema; the same holds on the way back.
    await eventually(async () => {
      expect(await warned({ size: "big", fresh: 1 })).toEqual([]);
    });
    await eventually(async () => {
      expect(await refused({ size: 3 })).toEqual([
        "spec.manifests[0].spec.spec.size: must be text, not 3; put it in quotes",
      ]);
    });
    await define({ properties: { size, mode } });
    await eventually(async () => {
      expect(await warned({ size: 3 })).toEqual([]);
    });
    await eventually(async () => {
      expect(await refused({ size: 3, fresh: 1 })).toEqual(["spec.manifests[0].spec.spec.fresh: unknown field"]);
    });
  });
});
