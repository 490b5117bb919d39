import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type ApiClient } from "../../lib/cluster";
import { reviewNode } from "../../lib/controllers/admission/node-review";
import { OperatorUsers } from "../../lib/controllers/admission/operator-users";
import { Scenario } from "../environment/scenario";
import { configMap, refusedWith } from "./answer";

let scenario: Scenario;
const stranger = ["--as=jane", "--as-group=system:masters"];
const instead = 'change the row "acme" in the table of LynqHub hub, or LynqForm web';

beforeAll(async () => {
  scenario = await Scenario.open("nodes");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
  await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, 'basic')");
  await scenario.hub({ extra: { planId: "plan" } });
  await scenario.form("web", { configMaps: [configMap("a", { plan: "{{ .planId }}" })] });
  await scenario.ready("acme-web");
});

afterAll(() => scenario.close());

/** What jane, who may do everything but is not the operator, is told about a change of the node. */
async function patch(change: Record<string, unknown>, node = "acme-web") {
  return await scenario.kubectl(["patch", "lynqnode", node, "--type=merge", "-p", JSON.stringify(change), ...stranger]);
}

/** All of the node that jane could change; its status is the operator's own. */
async function stored() {
  const { metadata, spec } = await scenario.node("acme-web");
  const { uid, generation, labels, annotations, finalizers, ownerReferences } = metadata;
  return { uid, generation, labels, annotations, finalizers, ownerReferences, spec };
}

async function refused(change: Record<string, unknown>): Promise<string[]> {
  const before = await stored();
  const { code, stderr } = await patch(change);
  expect(code).not.toBe(0);
  expect(await stored()).toEqual(before);
  return refusedWith(stderr);
}

describe("a LynqNode, for everybody but the operator", () => {
  it("cannot be made", async () => {
    const node = {
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      metadata: { name: "by-hand" },
      spec: { uid: "acme", templateRef: "web", hubId: "hub" },
    };
    const { stderr } = await scenario.kubectl(["create", ...stranger, "-f", "-"], JSON.stringify(node));
    expect(refusedWith(stderr)).toEqual([
      `spec: the operator makes LynqNodes, one for each active row and form; ${instead}`,
    ]);
  });

  it("cannot be changed in its spec", async () => {
    expect(await refused({ spec: { formRevision: "other", values: { planId: "pro", extra: "x" } } })).toEqual([
      `spec.formRevision: the operator writes it; ${instead}`,
      `spec.values.extra: the operator writes it; ${instead}`,
      `spec.values.planId: the operator writes it; ${instead}`,
    ]);
  });

  it("cannot be changed in the operator's labels, annotations and finalizer", async () => {
    const yours = "Yours are lynq.sh/suspend, lynq.sh/reconcile-at, and all without the prefix lynq.sh/";
    const annotations = { "lynq.sh/created-once": "true", mine: "x" };
    expect(await refused({ metadata: { labels: { "lynq.sh/mine": "x" }, annotations, finalizers: [] } })).toEqual([
      `metadata.labels["lynq.sh/mine"]: this label is the operator's; leave it as it is. ${yours}`,
      `metadata.annotations["lynq.sh/created-once"]: this annotation is the operator's; leave it as it is. ${yours}`,
      "metadata.finalizers: lynqnode.operator.lynq.sh/finalizer is the operator's; it goes when the node is deleted and all that it made is cleaned up",
    ]);
  });

  it("can be labelled, annotated, suspended and looked at again", async () => {
    const annotations = { mine: "x", "lynq.sh/reconcile-at": "now", "lynq.sh/suspend": "true" };
    expect(await patch({ metadata: { labels: { team: "core" }, annotations } })).toMatchObject({ code: 0, stderr: "" });
    expect(await patch({ metadata: { annotations: { "lynq.sh/suspend": null } } })).toMatchObject({ code: 0 });
    const { metadata } = await scenario.node("acme-web");
    expect(metadata.labels).toMatchObject({ team: "core", "lynq.sh/uid": "acme" });
  });

  it("can be deleted, and the operator cleans up and makes it anew", async () => {
    const { uid } = (await scenario.node("acme-web")).metadata;
    const deleted = await scenario.kubectl(["delete", "lynqnode", "acme-web", "--timeout=180s", ...stranger]);
    expect(deleted).toMatchObject({ code: 0, stderr: "" });
    expect((await scenario.ready("acme-web")).metadata.uid).not.toBe(uid);
  });

  it("lets its finalizer go by force once it is being deleted, with a warning", async () => {
    await scenario.apply({
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      metadata: { name: "held", finalizers: ["lynqnode.operator.lynq.sh/finalizer", "example.com/hold"] },
      spec: { uid: "gone", templateRef: "web", hubId: "hub" },
    });
    await scenario.kubectl(["delete", "lynqnode", "held", "--wait=false", ...stranger]);
    const { code, stderr } = await patch({ metadata: { finalizers: [] } }, "held");
    expect(code).toBe(0);
    expect(
      stderr === "" ||
        stderr.includes(
          "metadata.finalizers: lynqnode.operator.lynq.sh/finalizer was taken off before the operator was done",
        ),
    ).toBe(true);
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "held");
  });

  it("goes with its namespace", async () => {
    const namespace = `${scenario.namespace}-own`;
    await scenario.createNamespace(namespace);
    const node = {
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      metadata: { name: "left" },
      spec: { uid: "left", templateRef: "none", hubId: "none" },
    };
    expect(await scenario.kubectl(["-n", namespace, "create", "-f", "-"], JSON.stringify(node))).toMatchObject({
      code: 0,
    });
    const gone = await scenario.kubectl(["delete", "namespace", namespace, "--timeout=180s", ...stranger]);
    expect(gone).toMatchObject({ code: 0 });
  });
});

describe("who the operator is", () => {
  const node = { spec: { uid: "acme", templateRef: "web", hubId: "hub" } };
  const review = (username: string, operators: OperatorUsers) =>
    reviewNode({ object: node, old: undefined, user: { username } }, operators);

  it("is asked of the API server once, and then known without a request", async () => {
    const asked: string[] = [];
    const client = {
      request: (method: string, path: string, options?: Parameters<ApiClient["request"]>[2]) => {
        asked.push(path);
        return scenario.client.request(method, path, options);
      },
    };
    const operators = new OperatorUsers(client, undefined);
    expect(await review("admin", operators)).toEqual({ refusal: undefined, warnings: [] });
    expect((await review("jane", operators)).refusal).toContain("the operator makes LynqNodes");
    expect(asked).toEqual(["/apis/authentication.k8s.io/v1/selfsubjectreviews"]);
  });

  it("is what LYNQ_OPERATOR_USERS says, and then nothing is asked", async () => {
    const operators = new OperatorUsers({ request: () => Promise.reject(new Error("asked")) }, ["a", "b"]);
    expect(await review("b", operators)).toEqual({ refusal: undefined, warnings: [] });
    expect((await review("admin", operators)).refusal).toContain("the operator makes LynqNodes");
  });

  it("keeps nobody out while it is not known, and says so", async () => {
    const operators = new OperatorUsers({ request: () => Promise.reject(new Error("no answer")) }, undefined);
    expect(await review("jane", operators)).toEqual({
      refusal: undefined,
      warnings: [
        "spec: nobody has checked whether you are the operator, who alone writes LynqNodes: its user is not known (no answer)",
      ],
    });
  });
});
