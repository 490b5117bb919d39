import { describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../blueprint/object";
import { labelValue } from "../record/label-value";
import { childFact, isChildOf } from "./child";

const labelled = (node: string, namespace: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", labels: { "lynq.sh/node": node, "lynq.sh/node-namespace": namespace } },
});

describe("an object belongs to a node", () => {
  const node = { namespace: "default", name: "acme-web" };

  it("when both labels name it", () => {
    expect(isChildOf(childFact(labelled("acme-web", "default")), node)).toBe(true);
  });

  it("whose name is too long for a label", () => {
    const long = { namespace: "default", name: "x".repeat(200) };
    expect(isChildOf(childFact(labelled(labelValue(long.name), "default")), long)).toBe(true);
  });

  it.each([
    ["another node of the namespace", labelled("acme-other", "default")],
    ["a node of the same name elsewhere", labelled("acme-web", "other")],
    ["nobody", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }],
  ])("and not when they name %s", (_whom, object) => {
    expect(isChildOf(childFact(object), node)).toBe(false);
  });
});
