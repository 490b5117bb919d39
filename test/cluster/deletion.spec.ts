import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { findCondition } from "../../lib/status";
import { configMap, deployment, persistentVolumeClaim } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { atRest, OperatorRequests } from "../environment/operator-requests";
import { type Manifest, Scenario } from "../environment/scenario";

const HOLD = "example.com/hold";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("deletion");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
  await scenario.hub({ spec: { deletionGuard: { disabled: true } } });
});

afterAll(() => scenario.close());

afterEach(async () => {
  await release();
  await scenario.sql("DELETE FROM nodes");
  for (const { metadata } of await scenario.list("operator.lynq.sh/v1", "LynqForm")) {
    await kubectl("delete", "lynqform", metadata.name ?? "");
  }
  await eventually(async () => {
    expect(await scenario.nodes()).toEqual([]);
  });
});

async function kubectl(...args: string[]): Promise<void> {
  const { code, stderr } = await scenario.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
}

const patch = (kind: string, name: string, content: unknown) =>
  kubectl("patch", kind, name, "--type=merge", "--patch", JSON.stringify(content));

const hold = (name: string) => patch("configmap", name, { metadata: { finalizers: [HOLD] } });

/** What is still held when a test fails would keep its node for good. */
async function release(...names: string[]): Promise<void> {
  for (const { metadata } of await scenario.list("v1", "ConfigMap")) {
    const { name = "", finalizers = [] } = metadata;
    if (finalizers.includes(HOLD) && (names.length === 0 || names.includes(name)))
      await patch("configmap", name, { metadata: { finalizers: null } });
  }
}

/** `ground` ← `walls` ← `roof`, for the row. */
const house = (...more: Record<string, unknown>[]) => ({
  configMaps: [
    { id: "ground", nameTemplate: "{{ .uid }}-ground", spec: configMap() },
    { id: "walls", nameTemplate: "{{ .uid }}-walls", dependIds: ["ground"], spec: configMap() },
    { id: "roof", nameTemplate: "{{ .uid }}-roof", dependIds: ["walls"], spec: configMap() },
    ...more,
  ],
});

const insert = (id: string) => scenario.sql("INSERT INTO nodes VALUES (?, 1)", [id]);
const remove = (id: string) => scenario.sql("DELETE FROM nodes WHERE id = ?", [id]);
const nodeGone = (name: string) => scenario.gone("operator.lynq.sh/v1", "LynqNode", name);
const config = (name: string, namespace = scenario.namespace) => scenario.get("v1", "ConfigMap", name, namespace);
const versionOf = ({ metadata: { uid, resourceVersion } }: KubernetesObject) => ({ uid, resourceVersion });
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

describe("a node that goes", () => {
  it("costs one request a step, and none is refused", async () => {
    await scenario.form("plain", house());
    await insert("plain");
    await scenario.ready("plain-plain");
    await atRest(scenario);
    const uids = await Promise.all(
      [scenario.node("plain-plain"), config("plain-roof"), config("plain-walls"), config("plain-ground")].map(
        async object => (await object).metadata.uid,
      ),
    );
    const requests = await OperatorRequests.since(`${scenario.namespace}/`);
    await remove("plain");
    await nodeGone("plain-plain");
    await scenario.afterSyncs();
    const made = (await requests.made()).filter(({ uri }) => !uri.includes("/events"));
    expect(made.filter(({ code }) => code >= 400)).toEqual([]);
    const deletions = made.filter(({ verb }) => verb === "delete");
    const deleted = deletions.map(({ uri }) => uri.replace(/^.*\//, ""));
    expect(deleted).toEqual(["plain-plain", "plain-roof", "plain-walls", "plain-ground"]);
    // Whatever else came to bear the name in between would be refused.
    expect(deletions.map(({ uid }) => uid)).toEqual(uids);
    const finalizer = made.filter(({ verb, uri }) => verb === "patch" && uri.includes("/lynqnodes/plain-plain?"));
    const bare = made.filter(({ verb, uri }) => verb === "patch" && uri.endsWith("/lynqnodes/plain-plain"));
    expect(finalizer.length + bare.length).toBe(1);
  });

  it("tells how far it is, what it waits for and since when, and touches nothing that somebody else made meanwhile", async () => {
    await scenario.form("slow", house());
    await insert("slow");
    await scenario.ready("slow-slow");
    await hold("slow-roof");
    await remove("slow");
    const status = await eventually(async () => {
      const { status } = await scenario.node("slow-slow");
      expect(status?.deletion?.waitingFor).toEqual([
        {
          kind: "ConfigMap",
          namespace: scenario.namespace,
          name: "slow-roof",
          since: TIME,
          message: `is being deleted, and kept by its finalizer ${HOLD}`,
        },
      ]);
      return status;
    });
    expect(status?.deletion).toMatchObject({ since: TIME, total: 3, left: 3 });
    expect(findCondition(status?.conditions, "Ready")).toMatchObject({
      status: "False",
      reason: "Deleting",
      message:
        "3 of 3 objects are still to be deleted; " +
        `ConfigMap ${scenario.namespace}/slow-ground: waits until what depends on it is gone; ` +
        `ConfigMap ${scenario.namespace}/slow-walls: waits until what depends on it is gone; ` +
        `ConfigMap ${scenario.namespace}/slow-roof: is being deleted, and kept by its finalizer ${HOLD}`,
    });
    await atRest(scenario);
    // Nothing moves, so nothing is written, and nothing is asked.
    const requests = await OperatorRequests.since(`${scenario.namespace}/`);
    await scenario.afterSyncs();
    expect((await requests.made()).filter(({ uri }) => /slow-/.test(uri))).toEqual([]);

    // Somebody puts an object of their own where the node's was.
    await kubectl("delete", "configmap", "slow-ground");
    await kubectl("create", "configmap", "slow-ground", "--from-literal=key=theirs");
    const theirs = versionOf(await config("slow-ground"));
    await release("slow-roof");
    await nodeGone("slow-slow");
    await scenario.gone("v1", "ConfigMap", "slow-walls");
    expect(versionOf(await config("slow-ground"))).toEqual(theirs);
    await kubectl("delete", "configmap", "slow-ground");
  });

  it("waits for an object that is being deleted in the foreground", async () => {
    await scenario.form("front", {
      deployments: [{ id: "app", nameTemplate: "{{ .uid }}-app", dependIds: ["base"], spec: deployment() }],
      configMaps: [{ id: "base", nameTemplate: "{{ .uid }}-base", spec: configMap() }],
    });
    await insert("front");
    await scenario.ready("front-front");
    const [set] = (await scenario.list("apps/v1", "ReplicaSet")).filter(({ metadata }) =>
      metadata.name?.startsWith("front-app-"),
    );
    const replicaSet = set?.metadata.name ?? "";
    await patch("replicaset", replicaSet, { metadata: { finalizers: [HOLD] } });
    await kubectl("delete", "deployment", "front-app", "--cascade=foreground", "--wait=false");
    await remove("front");
    try {
      await eventually(async () => {
        const { status } = await scenario.node("front-front");
        expect(status?.deletion).toMatchObject({ total: 2, left: 2 });
        expect(status?.deletion?.waitingFor).toMatchObject([{ kind: "Deployment", name: "front-app" }]);
      });
      await scenario.afterSyncs();
      expect((await config("front-base")).metadata.deletionTimestamp).toBeUndefined();
    } finally {
      await patch("replicaset", replicaSet, { metadata: { finalizers: null } });
    }
    await nodeGone("front-front");
    expect(await scenario.find("v1", "ConfigMap", "front-base")).toBeUndefined();
  });

  it("comes back with the same objects when somebody has taken its finalizer off and its row is there", async () => {
    const elsewhere = `${scenario.namespace}-forced`;
    await scenario.createNamespace(elsewhere);
    await scenario.form("forced", {
      configMaps: [
        { id: "far", nameTemplate: "{{ .uid }}-far", targetNamespace: elsewhere, spec: configMap() },
        { id: "held", nameTemplate: "{{ .uid }}-held", dependIds: ["far"], spec: configMap() },
      ],
      persistentVolumeClaims: [
        { id: "data", nameTemplate: "{{ .uid }}-data", deletionPolicy: "Retain", spec: persistentVolumeClaim() },
      ],
    });
    await insert("forced");
    const node = await scenario.ready("forced-forced");
    const before = await Promise.all([
      config("forced-far", elsewhere),
      scenario.get("v1", "PersistentVolumeClaim", "forced-data"),
    ]);
    await kubectl("create", "configmap", "theirs", `--namespace=${elsewhere}`, "--from-literal=a=b");
    const theirs = versionOf(await config("theirs", elsewhere));
    await hold("forced-held");
    await kubectl("delete", "lynqnode", "forced-forced", "--wait=false");
    await eventually(async () => {
      expect((await config("forced-held")).metadata.deletionTimestamp).toBeDefined();
    });
    await patch("lynqnode", "forced-forced", { metadata: { finalizers: null } });
    await release("forced-held");
    await eventually(async () => {
      const again = await scenario.ready("forced-forced");
      expect(again.metadata.uid).not.toBe(node.metadata.uid);
      expect(again.status).toMatchObject({ desiredResources: 3, readyResources: 3, conflictedResources: 0 });
    });
    const after = await Promise.all([
      config("forced-far", elsewhere),
      scenario.get("v1", "PersistentVolumeClaim", "forced-data"),
    ]);
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
    expect(versionOf(await config("theirs", elsewhere))).toEqual(theirs);
  });

  it("goes by what the form said, not by what somebody has written onto the object", async () => {
    const once = (id: string, deletionPolicy: string) => ({
      id,
      nameTemplate: `{{ .uid }}-${id}`,
      creationPolicy: "Once",
      deletionPolicy,
      spec: configMap(),
    });
    await scenario.form("trust", { configMaps: [once("stays", "Retain"), once("goes", "Delete")] });
    await insert("trust");
    await scenario.ready("trust-trust");
    const { uid } = (await config("trust-stays")).metadata;
    // Nothing puts this right: what is made once is left alone.
    await kubectl("annotate", "configmap", "trust-stays", "lynq.sh/deletion-policy=Delete", "--overwrite");
    await kubectl("annotate", "configmap", "trust-goes", "lynq.sh/deletion-policy=Retain", "--overwrite");
    await scenario.afterSyncs();
    await remove("trust");
    await nodeGone("trust-trust");
    expect((await config("trust-stays")).metadata).toMatchObject({ uid, labels: { "lynq.sh/orphaned": "true" } });
    expect(await scenario.find("v1", "ConfigMap", "trust-goes")).toBeUndefined();
  });

  it("leaves what is retained for the row's uid, and only for it", async () => {
    const data = (id: string) => scenario.get("v1", "PersistentVolumeClaim", `${id}-data`);
    await scenario.form("renamed", {
      persistentVolumeClaims: [
        { id: "data", nameTemplate: "{{ .uid }}-data", deletionPolicy: "Retain", spec: persistentVolumeClaim() },
      ],
    });
    await insert("before");
    await scenario.ready("before-renamed");
    const { uid } = (await data("before")).metadata;
    await scenario.sql("UPDATE nodes SET id = 'after'");
    await scenario.ready("after-renamed");
    await nodeGone("before-renamed");
    expect((await data("before")).metadata).toMatchObject({ uid, labels: { "lynq.sh/orphaned": "true" } });
    expect((await data("after")).metadata.uid).not.toBe(uid);
    await scenario.sql("UPDATE nodes SET id = 'before'");
    await scenario.ready("before-renamed");
    expect((await data("before")).metadata).toMatchObject({ uid, labels: { "lynq.sh/node": "before-renamed" } });

    // The same for a form that is deleted and made again.
    const form = (await scenario.formObject("renamed")).spec;
    await kubectl("delete", "lynqform", "renamed");
    await nodeGone("before-renamed");
    expect((await data("before")).metadata).toMatchObject({ uid, labels: { "lynq.sh/orphaned": "true" } });
    const { persistentVolumeClaims } = form;
    await scenario.form("renamed", { persistentVolumeClaims });
    await scenario.ready("before-renamed");
    expect((await data("before")).metadata).toMatchObject({ uid, labels: { "lynq.sh/node": "before-renamed" } });
  });
});

describe("a namespace that a stack writes to, deleted by somebody", () => {
  it("is missed by name, hinders nothing else, and gets its object again when it is back", async () => {
    const elsewhere = `${scenario.namespace}-target`;
    await scenario.createNamespace(elsewhere);
    await scenario.form("target", {
      configMaps: [
        { id: "far", nameTemplate: "{{ .uid }}-far", targetNamespace: elsewhere, spec: configMap() },
        { id: "near", nameTemplate: "{{ .uid }}-near", spec: configMap() },
      ],
    });
    await insert("lost");
    await scenario.ready("lost-target");
    await kubectl("delete", "namespace", elsewhere);
    await eventually(async () => {
      const { status } = await scenario.node("lost-target");
      expect(status).toMatchObject({ readyResources: 1, failedResources: 1 });
      expect(findCondition(status?.conditions, "Ready")?.message).toContain(`ConfigMap ${elsewhere}/lost-far: `);
    });
    await scenario.createNamespace(elsewhere);
    await scenario.ready("lost-target");
    await config("lost-far", elsewhere);
  });
});

describe("a deletion that the cluster's own rules forbid", () => {
  let policy: string;
  const binding = (): Manifest[] => [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata: { name: policy },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["DELETE"], resources: ["configmaps"] }],
        },
        validations: [{ expression: "!oldObject.metadata.name.endsWith('-walls')", message: "walls stay" }],
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name: policy },
      spec: {
        policyName: policy,
        validationActions: ["Deny"],
        matchResources: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": scenario.namespace } },
        },
      },
    },
  ];
  const lift = () =>
    kubectl("delete", "validatingadmissionpolicybinding,validatingadmissionpolicy", policy, "--ignore-not-found");

  beforeEach(async () => {
    policy = `${scenario.namespace}-walls-stay`;
    await scenario.apply(...binding());
    // A policy is in force a moment after it is there.
    await kubectl("create", "configmap", "probe-walls");
    await eventually(async () => {
      const { stderr } = await scenario.kubectl(["delete", "configmap", "probe-walls", "--dry-run=server"]);
      expect(stderr).toContain("walls stay");
    });
  });

  afterEach(async () => {
    await lift();
    await eventually(() => kubectl("delete", "configmap", "probe-walls", "--ignore-not-found"));
  });

  it("is told once, asked for ever less often, and done once it is allowed; the node stays until then", async () => {
    await scenario.form("strict", house());
    await insert("strict");
    await scenario.ready("strict-strict");
    const requests = await OperatorRequests.since(`${scenario.namespace}/`);
    await remove("strict");
    const why = expect.stringMatching(/ValidatingAdmissionPolicy .* denied request: walls stay/);
    await eventually(async () => {
      const { status } = await scenario.node("strict-strict");
      expect(status?.deletion).toMatchObject({
        total: 3,
        left: 2,
        waitingFor: [{ name: "strict-walls", message: why }],
      });
    });
    const { metadata, status } = await scenario.node("strict-strict");
    expect(metadata.finalizers).toEqual(["lynqnode.operator.lynq.sh/finalizer"]);
    expect(findCondition(status?.conditions, "Degraded")).toMatchObject({ status: "True" });
    expect((await config("strict-ground")).metadata.deletionTimestamp).toBeUndefined();
    // However often the node is looked at meanwhile.
    for (const note of ["1", "2", "3", "4", "5"]) {
      await kubectl("annotate", "configmap", "strict-ground", `note=${note}`, "--overwrite");
      await scenario.afterSyncs();
    }
    const refused = (await requests.made()).filter(
      ({ verb, uri }) => verb === "delete" && uri.endsWith("/strict-walls"),
    );
    expect(refused.length).toBeLessThanOrEqual(Math.max(3, requests.mostAttempts()));
    await eventually(async () => {
      expect(await scenario.events("strict-strict", "CleanupPartialFailure")).toEqual([
        {
          type: "Warning",
          reason: "CleanupPartialFailure",
          count: 1,
          message: expect.stringContaining("strict-walls"),
        },
      ]);
    });
    await lift();
    await nodeGone("strict-strict");
    expect(await scenario.find("v1", "ConfigMap", "strict-ground")).toBeUndefined();
  });

  it("keeps what the form drops, and what that needs, and says so", async () => {
    await scenario.form("drops", house({ id: "kept", nameTemplate: "{{ .uid }}-kept", spec: configMap() }));
    await insert("drops");
    await scenario.ready("drops-drops");
    await scenario.form("drops", {
      configMaps: [{ id: "kept", nameTemplate: "{{ .uid }}-kept", spec: configMap() }],
    });
    await eventually(async () => {
      const pruning = findCondition((await scenario.node("drops-drops")).status?.conditions, "Pruning");
      expect(pruning).toMatchObject({ status: "True", reason: "DeletionRefused" });
      expect(pruning?.message).toMatch(
        /^2 objects are no longer wanted; ConfigMap \S+\/drops-walls: .*denied request: walls stay$/,
      );
    });
    expect((await config("drops-ground")).metadata.deletionTimestamp).toBeUndefined();
    await eventually(async () => {
      expect(await scenario.events("drops-drops", "CleanupPartialFailure")).toMatchObject([{ count: 1 }]);
    });
    await lift();
    await scenario.gone("v1", "ConfigMap", "drops-ground");
    await eventually(async () => {
      const { status } = await scenario.node("drops-drops");
      expect(findCondition(status?.conditions, "Pruning")).toBeUndefined();
      expect(status?.appliedResources).toEqual([`ConfigMap/${scenario.namespace}/drops-kept@kept`]);
    });
  });
});

describe("a node of the Go operator that goes before this one has ever looked at it", () => {
  it("takes along what that operator made for it elsewhere, keeps what is retained, and touches nothing else", async () => {
    const elsewhere = `${scenario.namespace}-legacy`;
    await scenario.createNamespace(elsewhere);
    await scenario.apply({
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      metadata: {
        name: "acme-legacy",
        labels: { "lynq.sh/hub": "nobody", "lynq.sh/uid": "acme" },
        finalizers: ["lynqnode.operator.lynq.sh/finalizer"],
      },
      spec: { uid: "acme", templateRef: "legacy" },
    });
    const made = async (body: Manifest, name: string, deletionPolicy: string, manager = "lynq-operator") => {
      const labels = { "lynq.sh/node": "acme-legacy", "lynq.sh/node-namespace": scenario.namespace };
      const metadata = { name, labels, annotations: { "lynq.sh/deletion-policy": deletionPolicy } };
      const args = [`--namespace=${elsewhere}`, "apply", "--server-side", `--field-manager=${manager}`, "-f", "-"];
      const { code, stderr } = await scenario.kubectl(args, JSON.stringify({ ...body, metadata }));
      expect([code, stderr]).toEqual([0, ""]);
    };
    const role: Manifest = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", rules: [] };
    await made(configMap(), "goes", "Delete");
    await made(role, "goes", "Delete");
    await made(persistentVolumeClaim(), "stays", "Retain");
    await made(configMap(), "copied-labels", "Delete", "somebody-else");
    const theirs = versionOf(await config("copied-labels", elsewhere));
    const applied = [`ConfigMap/${elsewhere}/goes@a`, `Role/${elsewhere}/goes@b`, "PersistentVolumeClaim//stays@c"];
    const status = JSON.stringify({ status: { appliedResources: applied } });
    await kubectl("patch", "lynqnode", "acme-legacy", "--subresource=status", "--type=merge", "--patch", status);
    await kubectl("delete", "lynqnode", "acme-legacy", "--timeout=180s");

    expect(await scenario.find("v1", "ConfigMap", "goes", elsewhere)).toBeUndefined();
    expect(await scenario.find("rbac.authorization.k8s.io/v1", "Role", "goes", elsewhere)).toBeUndefined();
    const { metadata } = await scenario.get("v1", "PersistentVolumeClaim", "stays", elsewhere);
    expect(metadata.labels).toEqual({ "lynq.sh/orphaned": "true" });
    expect(metadata.annotations).toMatchObject({
      "lynq.sh/orphaned-from": `${scenario.namespace}/acme-legacy`,
      "lynq.sh/orphaned-reason": "LynqNodeDeleted",
    });
    expect(versionOf(await config("copied-labels", elsewhere))).toEqual(theirs);
  });
});
