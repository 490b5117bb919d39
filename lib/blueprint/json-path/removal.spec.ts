import { describe, expect, it } from "@jest/globals";
import { LABEL_NODE } from "../../metadata";
import { isPlainObject, type KubernetesObject } from "../object";
import { matches } from "./evaluator";
import { parseJsonPath } from "./parser";
import { removeMatches } from "./removal";

const remove = (object: KubernetesObject, path: string) => removeMatches(object, parseJsonPath(path));

const deployment = (): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "app",
    namespace: "acme",
    labels: { [LABEL_NODE]: "acme-web", team: "a" },
    annotations: { "lynq.sh/deletion-policy": "Delete", note: "n" },
    ownerReferences: [{ apiVersion: "v1", kind: "X", name: "x", uid: "u" }],
  },
  spec: {
    replicas: 3,
    containers: [
      { name: "app", image: "app:1", args: ["a", "b", "c"] },
      { name: "log", image: "log:1" },
      { name: "app2", image: "app:1" },
    ],
  },
});

describe("removeMatches", () => {
  it.each<[string, number, (object: KubernetesObject) => unknown, unknown]>([
    ["$.spec.replicas", 1, ({ spec }) => isPlainObject(spec) && "replicas" in spec, false],
    ["$.spec.containers[0]", 1, names, ["log", "app2"]],
    ["$.spec.containers[0,1]", 2, names, ["app2"]],
    ["$.spec.containers[::2]", 2, names, ["log"]],
    ["$.spec.containers[::-1]", 3, names, []],
    ["$.spec.containers[?(@.name=='log')]", 1, names, ["app", "app2"]],
    ["$.spec.containers[0].args[1]", 1, ({ spec }) => first(spec), { name: "app", image: "app:1", args: ["a", "c"] }],
    ["$.spec.containers[0]['args','image']", 2, ({ spec }) => first(spec), { name: "app" }],
    ["$.metadata.labels.team", 1, ({ metadata }) => metadata.labels, { [LABEL_NODE]: "acme-web" }],
  ])("%s takes out %i", (path, count, look, expected) => {
    const original = deployment();
    const { object, removed } = remove(original, path);
    expect(removed).toBe(count);
    expect(look(object)).toEqual(expected);
    expect(original).toEqual(deployment());
  });

  it("gives the object itself back when nothing matches", () => {
    const original = deployment();
    const { object, removed } = remove(original, "$.spec.nothing");
    expect(removed).toBe(0);
    expect(object).toBe(original);
  });

  it("takes out a match within a match", () => {
    const { object, removed } = remove(deployment(), "$.spec..*");
    expect(object["spec"]).toEqual({});
    expect(removed).toBe(15);
  });

  it.each(["$.*", "$..*", "$['metadata','kind','apiVersion']"])(
    "%s leaves the object's identity and our marks",
    path => {
      const { object } = remove(deployment(), path);
      const { name, namespace, ownerReferences } = deployment().metadata;
      expect(object).toMatchObject({ apiVersion: "apps/v1", kind: "Deployment" });
      expect(object.metadata).toEqual({
        name,
        namespace,
        ownerReferences,
        labels: { [LABEL_NODE]: "acme-web" },
        annotations: { "lynq.sh/deletion-policy": "Delete" },
      });
    },
  );

  it.each(["$.kind", "$.metadata.name", "$.metadata.ownerReferences[0]", `$.metadata.labels['${LABEL_NODE}']`])(
    "%s counts as no match, as it may not be taken out",
    path => {
      expect(remove(deployment(), path).removed).toBe(0);
    },
  );

  it("leaves nothing that the path matches by position-free selectors, and the rest as it was", () => {
    for (const path of ["$..image", "$.spec.containers[*].name", "$.spec.containers[?@.args]", "$..[?@ == 'app:1']"]) {
      const { object, removed } = remove(deployment(), path);
      expect([path, removed]).toEqual([path, matches(deployment(), parseJsonPath(path)).length]);
      expect([path, matches(object, parseJsonPath(path))]).toEqual([path, []]);
      expect(object.metadata).toEqual(deployment().metadata);
    }
  });

  it("keeps an own field named __proto__", () => {
    const object: KubernetesObject = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a" },
      data: JSON.parse('{"__proto__": "x", "b": "y"}') as unknown,
    };
    expect(JSON.stringify(remove(object, "$.data.b").object["data"])).toBe('{"__proto__":"x"}');
  });
});

function names({ spec }: KubernetesObject): unknown {
  return containers(spec).map(container => container["name"]);
}

function first(spec: unknown): unknown {
  return containers(spec)[0];
}

function containers(spec: unknown): Record<string, unknown>[] {
  const list: unknown = isPlainObject(spec) ? spec["containers"] : undefined;
  return Array.isArray(list) ? list.filter(isPlainObject) : [];
}
