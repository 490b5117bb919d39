import { describe, expect, it } from "@jest/globals";
import { checkNodeChange, type NodeLike } from "./index";

const node: NodeLike = {
  metadata: { labels: { "lynq.sh/uid": "acme" }, finalizers: ["lynqnode.operator.lynq.sh/finalizer"] },
  spec: { uid: "acme", templateRef: "web", hubId: "hub", values: { plan: "pro" } },
};

const rules = (changed: NodeLike, old: NodeLike | undefined = node) => {
  const { errors, warnings } = checkNodeChange(changed, old);
  return [...errors, ...warnings].map(({ rule, path }) => `${path} ${rule}`);
};

describe("checkNodeChange", () => {
  it("says nothing of a node that stays as it is", () => {
    expect(rules({ ...node, spec: { ...node.spec, values: { plan: "pro" } } })).toEqual([]);
  });

  it("names each field of the spec that changes, is added or removed", () => {
    const spec = { uid: "acme", templateRef: "web", values: { other: "x" }, formRevision: "r" };
    expect(rules({ ...node, spec })).toEqual([
      "spec.formRevision node-spec",
      "spec.hubId node-spec",
      "spec.values.other node-spec",
      "spec.values.plan node-spec",
    ]);
  });

  it("lets the labels pass that our own webhook adds to anybody's update of an older node", () => {
    const labels = { "lynq.sh/uid": "acme", "lynq.sh/hub": "hub", "lynq.sh/form": "web" };
    expect(rules({ ...node, metadata: { ...node.metadata, labels } })).toEqual([]);
    expect(rules({ ...node, metadata: { ...node.metadata, labels: { ...labels, "lynq.sh/hub": "x" } } })).toEqual([
      'metadata.labels["lynq.sh/hub"] node-reserved-key',
    ]);
  });

  it("lets the garbage collector change owners and its own finalizers", () => {
    const metadata = { ...node.metadata, finalizers: [...(node.metadata?.finalizers ?? []), "foregroundDeletion"] };
    expect(rules({ ...node, metadata })).toEqual([]);
    expect(rules(node, { ...node, metadata })).toEqual([]);
  });

  it("refuses to take our finalizer off a node that lives, and warns for one that goes", () => {
    const metadata = { ...node.metadata, finalizers: [] };
    expect(rules({ ...node, metadata })).toEqual(["metadata.finalizers node-finalizer"]);
    expect(rules({ ...node, metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } })).toEqual([
      "metadata.finalizers node-finalizer-forced",
    ]);
  });
});
