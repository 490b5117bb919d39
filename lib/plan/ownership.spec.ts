import { describe, expect, it } from "@jest/globals";
import { type KubernetesObject, type ObjectMeta } from "../blueprint/object";
import { ownershipOf } from "./ownership";

const node = { namespace: "default", name: "acme-web", uid: "n1", hub: "hub", form: "web", recordUid: "acme" };
const object = (metadata: ObjectMeta): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "x", namespace: "default", ...metadata },
});
const owner = (kind: string, name: string, apiVersion = "operator.lynq.sh/v1") => ({
  apiVersion,
  kind,
  name,
  uid: "o",
  controller: true,
});
const tracked = (name: string, namespace = "default") => ({
  "lynq.sh/node": name,
  "lynq.sh/node-namespace": namespace,
});

describe("whose an object is", () => {
  it.each([
    ["our labels", { labels: tracked("acme-web") }, { kind: "ours" }],
    [
      "our owner reference, as the Go operator leaves it",
      { ownerReferences: [owner("LynqNode", "acme-web")] },
      { kind: "ours" },
    ],
    ["labels of another node", { labels: tracked("beta-web") }, { kind: "otherNode", node: "default/beta-web" }],
    [
      "labels of a node of our name elsewhere",
      { labels: tracked("acme-web", "prod") },
      { kind: "otherNode", node: "prod/acme-web" },
    ],
    [
      "owner reference of another node",
      { ownerReferences: [owner("LynqNode", "beta-web")] },
      { kind: "otherNode", node: "default/beta-web" },
    ],
    ["orphaned by the Go operator", { labels: { "lynq.sh/orphaned": "true" } }, { kind: "orphan" }],
    [
      "orphaned by us",
      { labels: { "lynq.sh/orphaned": "true" }, annotations: { "lynq.sh/orphaned-from": "default/acme-web" } },
      { kind: "orphan" },
    ],
    [
      "orphaned by another node",
      { labels: { "lynq.sh/orphaned": "true" }, annotations: { "lynq.sh/orphaned-from": "default/beta-web" } },
      { kind: "foreign", managers: ["LynqNode default/beta-web, which left it behind"], controller: undefined },
    ],
    [
      "our labels, but a controller of its own",
      { labels: tracked("acme-web"), ownerReferences: [owner("ReplicaSet", "rs", "apps/v1")] },
      { kind: "foreign", managers: [], controller: "ReplicaSet/rs" },
    ],
    [
      "other managers",
      {
        managedFields: [
          { manager: "helm" },
          { manager: "helm", operation: "Update" },
          { manager: "kubelet", subresource: "status" },
        ],
      },
      { kind: "foreign", managers: ["helm"], controller: undefined },
    ],
  ])("%s", (_, metadata, expected) => {
    expect(ownershipOf(object(metadata), node)).toEqual(expected);
  });

  it("takes an owner of a cluster-scoped object by its UID: a name says nothing there", () => {
    const role = (uid: string): KubernetesObject => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "role", ownerReferences: [{ ...owner("LynqNode", "acme-web"), uid }] },
    });
    expect(ownershipOf(role("n"), { ...node, uid: "n" })).toEqual({ kind: "ours" });
    expect(ownershipOf(role("other"), { ...node, uid: "n" })).toMatchObject({
      kind: "foreign",
      controller: "LynqNode/acme-web",
    });
  });
});
