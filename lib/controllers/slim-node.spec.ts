import { expect, it } from "@jest/globals";
import { type LynqNodeObject } from "../../crds";
import { NodeTally } from "./node-tally";
import { slimNode } from "./slim-node";

const node: LynqNodeObject = {
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqNode",
  metadata: { namespace: "shop", name: "acme-web", generation: 2, annotations: { "lynq.sh/suspend": "true" } },
  spec: {
    uid: "acme",
    templateRef: "web",
    hubId: "customers",
    formRevision: "web-1",
    values: { plan: "gold" },
    resources: [{ id: "app", apiVersion: "apps/v1", kind: "Deployment", name: "acme" }],
  },
  status: {
    observedGeneration: 2,
    lastHandledReconcileAt: "now",
    appliedResources: ["Deployment/shop/acme@app"],
    inventory: [],
    conditions: [],
  },
};

it("a node of another shard counts as the whole one does, and is without what makes it big", () => {
  const slim = slimNode(node);
  expect(slim).toEqual({
    ...node,
    spec: { uid: "acme", templateRef: "web", hubId: "customers", formRevision: "web-1" },
    status: { observedGeneration: 2, lastHandledReconcileAt: "now", conditions: [] },
  });
  const [whole, small] = [new NodeTally(), new NodeTally()];
  whole.add(node);
  small.add(slim);
  expect(small).toEqual(whole);
  expect(node.spec.values).toEqual({ plan: "gold" });
});
