import { describe, expect, it } from "@jest/globals";
import { type FormResource } from "../../crds";
import { TemplateCache } from "../template";
import { compileBlueprint } from "./compile";
import { type KubernetesObject } from "./object";
import { type KindFacts, renderResource } from "./render";
import { type SchemaNode } from "./schema";
import { templateVariables } from "./variables";

const node = { namespace: "default", name: "acme-web", uid: "node-uid", hub: "main", form: "web", recordUid: "acme" };

function render(
  resource: Omit<FormResource, "id">,
  {
    values = {},
    facts = { namespaced: true },
    sensitive = [],
  }: { values?: Record<string, string>; facts?: KindFacts; sensitive?: string[] } = {},
): KubernetesObject {
  const { resources } = compileBlueprint({ manifests: [{ id: "x", ...resource }] }, new TemplateCache(100));
  const [compiled] = resources;
  if (compiled === undefined) throw new Error("nothing compiled");
  const variables = templateVariables(Object.entries(values), { uid: "acme", hub: "main", form: "web" });
  return renderResource(compiled, { node, variables, sensitive: new Set(sensitive) }, facts);
}

const configMap = { apiVersion: "v1", kind: "ConfigMap" };
const tracking = {
  "lynq.sh/hub": "main",
  "lynq.sh/form": "web",
  "lynq.sh/uid": "acme",
  "lynq.sh/node": "acme-web",
  "lynq.sh/node-namespace": "default",
};

describe("a rendered object", () => {
  it("carries its name, tracking labels, deletion policy, and the owner reference where garbage collection is legal", () => {
    expect(render({ nameTemplate: "{{ .uid }}-cm", spec: { ...configMap, data: { who: "{{ .uid }}" } } })).toEqual({
      ...configMap,
      metadata: {
        name: "acme-cm",
        namespace: "default",
        labels: tracking,
        annotations: { "lynq.sh/deletion-policy": "Delete" },
        ownerReferences: [
          {
            apiVersion: "operator.lynq.sh/v1",
            kind: "LynqNode",
            name: "acme-web",
            uid: "node-uid",
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      data: { who: "acme" },
    });
  });

  it.each([
    ["in another namespace", { namespaceTemplate: "{{ .uid }}" }, { namespaced: true }],
    ["of the cluster", {}, { namespaced: false }],
    ["that is retained", { deletionPolicy: "Retain" as const }, { namespaced: true }],
  ])("has no owner reference %s", (_, fields, facts) => {
    const { metadata } = render({ nameTemplate: "x", spec: configMap, ...fields }, { facts });
    expect(metadata.ownerReferences).toBeUndefined();
    expect(metadata.labels).toEqual(tracking);
  });

  it("keeps labels and annotations of the body beside those of the templates, which win", () => {
    const { metadata } = render(
      {
        nameTemplate: "x",
        labelsTemplate: { tier: "{{ .plan }}" },
        annotationsTemplate: { note: "n" },
        spec: { ...configMap, metadata: { labels: { tier: "body", app: "{{ .uid }}" }, annotations: { keep: "me" } } },
      },
      { values: { plan: "pro" } },
    );
    expect(metadata.labels).toEqual({ tier: "pro", app: "acme", ...tracking });
    expect(metadata.annotations).toEqual({ keep: "me", note: "n", "lynq.sh/deletion-policy": "Delete" });
  });

  it("takes name and namespace from the body where the form gives no template", () => {
    const { metadata } = render({
      spec: { ...configMap, metadata: { name: "cm-{{ .uid }}", namespace: "ns-{{ .uid }}" } },
    });
    expect(metadata).toMatchObject({ name: "cm-acme", namespace: "ns-acme" });
  });

  it("never renders a value as a template", () => {
    const hostile = '{{ .uid }}"\n`$(x)` 🙂';
    expect(
      render({ nameTemplate: "x", spec: { ...configMap, data: { v: "{{ .v }}" } } }, { values: { v: hostile } })[
        "data"
      ],
    ).toEqual({ v: hostile });
  });

  it("types leaves by the schema, in lists and maps as well", () => {
    const schema: SchemaNode = {
      type: "object",
      properties: new Map<string, SchemaNode>([
        [
          "spec",
          {
            type: "object",
            properties: new Map<string, SchemaNode>([
              [
                "ports",
                { type: "array", items: { type: "object", properties: new Map([["port", { type: "integer" }]]) } },
              ],
              ["limits", { type: "object", additionalProperties: { type: "string" } }],
            ]),
          },
        ],
      ]),
    };
    const spec = {
      apiVersion: "v1",
      kind: "Thing",
      spec: { ports: [{ port: "{{ .port }}" }], limits: { cpu: "{{ .port }}" } },
    };
    expect(
      render({ nameTemplate: "x", spec }, { values: { port: "80" }, facts: { namespaced: true, schema } })["spec"],
    ).toEqual({
      ports: [{ port: 80 }],
      limits: { cpu: "80" },
    });
  });

  it("names the field of the form when something is wrong", () => {
    expect(() => render({ nameTemplate: "x", spec: { ...configMap, data: { a: "{{ .nope }}" } } })).toThrow(
      /^spec\.manifests\[0\]\.spec\.data\.a: .*nope/,
    );
  });

  it("keeps a sensitive value out of the error about it", () => {
    const schema: SchemaNode = { properties: new Map([["count", { type: "integer" }]]) };
    const refuse = () =>
      render(
        { nameTemplate: "x", spec: { apiVersion: "v1", kind: "T", count: "{{ .secret }}" } },
        { values: { secret: "hunter2" }, sensitive: ["secret"], facts: { namespaced: true, schema } },
      );
    expect(refuse).toThrow("spec.manifests[0].spec.count: renders a sensitive value, but the field takes an integer");
  });

  it("does not repeat what a template says of a sensitive value when it fails", () => {
    const refuse = () =>
      render(
        { nameTemplate: "x", spec: { ...configMap, data: { a: "{{ fail (upper .secret) }}" } } },
        { values: { secret: "hunter2" }, sensitive: ["secret"] },
      );
    expect(refuse).toThrow(/^spec\.manifests\[0\]\.spec\.data\.a: line 1, column \d+: fail fails; why is not shown/);
    expect(refuse).not.toThrow(/hunter2/i);
  });

  it.each(["Upper", "a/../b", "", "-a", "a_b", "x".repeat(254)])(
    "refuses the name %j before it reaches a path",
    name => {
      expect(() => render({ nameTemplate: "{{ .n }}", spec: configMap }, { values: { n: name } })).toThrow(
        /^spec\.manifests\[0\]\.nameTemplate: renders/,
      );
    },
  );
});

describe("a workload without a selector", () => {
  const deployment = (spec: Record<string, unknown>) =>
    render({ nameTemplate: "acme-app", spec: { apiVersion: "apps/v1", kind: "Deployment", spec } });
  const selector = { "lynq.sh/node": "acme-web", "lynq.sh/node-namespace": "default", "lynq.sh/workload": "acme-app" };

  it("gets one that follows its own name, and its pods all tracking labels", () => {
    expect(deployment({ template: { metadata: { labels: { app: "x" } }, spec: { containers: [] } } })["spec"]).toEqual({
      selector: { matchLabels: selector },
      template: { metadata: { labels: { app: "x", ...tracking, ...selector } }, spec: { containers: [] } },
    });
  });

  it("is left alone when it has one", () => {
    const spec = { selector: { matchLabels: { app: "x" } }, template: { metadata: { labels: { app: "x" } } } };
    expect(deployment(spec)["spec"]).toEqual(spec);
  });
});
