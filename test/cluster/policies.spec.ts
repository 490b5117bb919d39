import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { configMap, deployment, job, persistentVolumeClaim, service } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { type Manifest, Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("policies");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, text VARCHAR(20))");
  await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, 'first')");
  await scenario.hub({ extra: { text: "text" } });
});

afterEach(() => scenario.close());

const versionOf = ({ metadata: { uid, resourceVersion } }: KubernetesObject) => ({ uid, resourceVersion });

const activate = (active: boolean) => scenario.sql("UPDATE nodes SET active = ?", [active]);

const nodeGone = (name: string) => scenario.gone("operator.lynq.sh/v1", "LynqNode", name);

/** Waits until the form's newest content, and the newest row, is what the node has applied. */
const upToDate = (node: string, text = "first") =>
  eventually(async () => {
    const { spec } = await scenario.node(node);
    expect(spec.values).toMatchObject({ text });
    await scenario.applied(spec.templateRef);
    await scenario.ready(node);
  });

async function kubectl(...args: string[]): Promise<void> {
  const { code, stderr } = await scenario.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
}

/** As another tool would: `kubectl apply --server-side --field-manager=helm`. */
async function applyAs(manager: string, namespace: string, manifest: Manifest): Promise<void> {
  const args = [`--namespace=${namespace}`, "apply", "--server-side", `--field-manager=${manager}`, "-f", "-"];
  const { code, stderr } = await scenario.kubectl(args, JSON.stringify(manifest));
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
}

describe("creationPolicy Once", () => {
  const form = (creationPolicy: string, word: string) =>
    scenario.form("stack", {
      jobs: [
        {
          id: "init",
          creationPolicy,
          nameTemplate: "{{ .uid }}-init",
          labelsTemplate: { text: "{{ .text }}" },
          spec: job(["echo", word]),
        },
      ],
      configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-config", spec: configMap({ word, text: "{{ .text }}" }) }],
    });
  const init = () => scenario.get("batch/v1", "Job", "acme-init");
  const data = async () => (await scenario.get("v1", "ConfigMap", "acme-config"))["data"];

  it("makes a job and never touches it again: not for the form, not for the row, not when it is deleted", async () => {
    await form("Once", "hello");
    await scenario.ready("acme-stack");
    const before = versionOf(await init());
    expect((await init()).metadata.annotations).toMatchObject({ "lynq.sh/created-once": "true" });

    await form("Once", "changed");
    await scenario.sql("UPDATE nodes SET text = 'second'");
    await eventually(async () => {
      expect(await data()).toEqual({ word: "changed", text: "second" });
    });
    await upToDate("acme-stack", "second");
    await kubectl("label", "job", "acme-init", "text=by-hand", "--overwrite");
    await scenario.afterSyncs();
    expect((await init()).metadata).toMatchObject({ uid: before.uid, generation: 1, labels: { text: "by-hand" } });

    await kubectl("delete", "job", "acme-init");
    await scenario.gone("batch/v1", "Job", "acme-init");
    await form("Once", "again");
    await eventually(async () => {
      expect(await data()).toMatchObject({ word: "again" });
    });
    await upToDate("acme-stack", "second");
    await scenario.afterSyncs();
    expect(await scenario.find("batch/v1", "Job", "acme-init")).toBeUndefined();
    expect((await scenario.ready("acme-stack")).status).toMatchObject({ desiredResources: 2, readyResources: 2 });
  });

  it("makes the job again for a node that comes back", async () => {
    await form("Once", "hello");
    await scenario.ready("acme-stack");
    const before = await init();
    await activate(false);
    await nodeGone("acme-stack");
    await scenario.gone("batch/v1", "Job", "acme-init");
    await activate(true);
    await scenario.ready("acme-stack");
    expect((await init()).metadata.uid).not.toBe(before.metadata.uid);
  });
});

describe("deletionPolicy Retain", () => {
  const claim = {
    id: "data",
    deletionPolicy: "Retain",
    nameTemplate: "{{ .uid }}-data",
    spec: persistentVolumeClaim(),
  };
  const config = (deletionPolicy: string) => ({
    id: "config",
    deletionPolicy,
    nameTemplate: "{{ .uid }}-config",
    spec: configMap(),
  });
  const data = () => scenario.get("v1", "PersistentVolumeClaim", "acme-data");
  const tracked = {
    "lynq.sh/hub": "hub",
    "lynq.sh/form": "stack",
    "lynq.sh/uid": "acme",
    "lynq.sh/node": "acme-stack",
  };
  const expectOrphan = ({ metadata }: KubernetesObject, reason: string) => {
    expect(metadata.labels).toEqual({ "lynq.sh/orphaned": "true" });
    expect(metadata.annotations).toMatchObject({ "lynq.sh/orphaned-reason": reason });
    expect(metadata.annotations?.["lynq.sh/orphaned-at"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(metadata.ownerReferences).toBeUndefined();
  };
  const expectOurs = ({ metadata }: KubernetesObject) => {
    expect(metadata.labels).toMatchObject(tracked);
    expect(Object.keys({ ...metadata.labels, ...metadata.annotations }).filter(key => /orphaned/.test(key))).toEqual(
      [],
    );
  };

  it("keeps a claim, marked as orphaned, when its row is switched off; takes the same one up again when it is back", async () => {
    await scenario.form("stack", { persistentVolumeClaims: [claim], configMaps: [config("Delete")] });
    await scenario.ready("acme-stack");
    const before = await data();
    expectOurs(before);
    expect(before.metadata.ownerReferences).toBeUndefined();

    await activate(false);
    await nodeGone("acme-stack");
    await scenario.gone("v1", "ConfigMap", "acme-config");
    const orphan = await data();
    expect(orphan.metadata.uid).toBe(before.metadata.uid);
    expectOrphan(orphan, "LynqNodeDeleted");

    await activate(true);
    await scenario.ready("acme-stack");
    const after = await data();
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after["spec"]).toEqual(before["spec"]);
    expectOurs(after);
  });

  it("keeps a claim that the form drops, and takes the same one up again when the form has it back", async () => {
    await scenario.form("stack", { persistentVolumeClaims: [claim], configMaps: [config("Delete")] });
    await scenario.ready("acme-stack");
    const { uid } = (await data()).metadata;

    await scenario.form("stack", { configMaps: [config("Delete")] });
    await eventually(async () => {
      expectOrphan(await data(), "RemovedFromTemplate");
    });
    // The object is let go of a moment before the status says so.
    await eventually(async () => {
      expect((await scenario.ready("acme-stack")).status?.appliedResources).toEqual([
        `ConfigMap/${scenario.namespace}/acme-config@config`,
      ]);
    });

    await scenario.form("stack", { persistentVolumeClaims: [claim], configMaps: [config("Delete")] });
    await eventually(async () => {
      expectOurs(await data());
    });
    expect((await data()).metadata.uid).toBe(uid);
  });

  it("follows a form that changes its mind, in both directions", async () => {
    const find = () => scenario.get("v1", "ConfigMap", "acme-config");
    await scenario.form("stack", { configMaps: [config("Delete")] });
    await scenario.ready("acme-stack");
    const { uid } = (await find()).metadata;
    expect((await find()).metadata.ownerReferences).toMatchObject([{ kind: "LynqNode", name: "acme-stack" }]);

    await scenario.form("stack", { configMaps: [config("Retain")] });
    await eventually(async () => {
      expect((await find()).metadata.ownerReferences).toBeUndefined();
    });
    await activate(false);
    await nodeGone("acme-stack");
    expectOrphan(await find(), "LynqNodeDeleted");
    expect((await find()).metadata.uid).toBe(uid);

    await activate(true);
    await scenario.ready("acme-stack");
    await scenario.form("stack", { configMaps: [config("Delete")] });
    await eventually(async () => {
      expect((await find()).metadata).toMatchObject({ uid, ownerReferences: [{ name: "acme-stack" }] });
    });
    await activate(false);
    await nodeGone("acme-stack");
    await scenario.gone("v1", "ConfigMap", "acme-config");
  });
});

describe("an object that another tool has made", () => {
  let acme: string;

  const form = (app: Record<string, unknown>) =>
    scenario.form("web-app", {
      deployments: [
        {
          id: "app",
          nameTemplate: "{{ .uid }}-app",
          namespaceTemplate: acme,
          ...app,
          spec: deployment({
            replicas: 2,
            selector: { matchLabels: { app: "acme" } },
            template: {
              metadata: { labels: { app: "acme" } },
              spec: { containers: [{ name: "app", image: "nginx:1.27" }] },
            },
          }),
        },
      ],
      services: [{ id: "svc", nameTemplate: "{{ .uid }}-svc", namespaceTemplate: acme, spec: service() }],
      configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-config", namespaceTemplate: acme, spec: configMap() }],
    });
  const app = () => scenario.get("apps/v1", "Deployment", "acme-app", acme);
  /** Once its own controller has come to rest with it. */
  const settled = (replicas: number) =>
    eventually(async () => {
      const object = await app();
      expect(object).toMatchObject({
        spec: { replicas },
        status: {
          readyReplicas: replicas,
          availableReplicas: replicas,
          conditions: expect.arrayContaining([expect.objectContaining({ reason: "NewReplicaSetAvailable" })]),
        },
      });
      return versionOf(object);
    });
  const stuck = () =>
    eventually(async () => {
      const node = await scenario.node("acme-web-app");
      expect(node.status).toMatchObject({ conflictedResources: 1, failedResources: 1, readyResources: 2 });
      return node;
    });
  const helm = (replicas: number) =>
    applyAs("helm", acme, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "acme-app" },
      spec: {
        replicas,
        selector: { matchLabels: { app: "acme" } },
        template: {
          metadata: { labels: { app: "acme" } },
          spec: { containers: [{ name: "app", image: "nginx:1.27" }] },
        },
      },
    });

  beforeEach(async () => {
    acme = `${scenario.namespace}-acme-corp`;
    await scenario.createNamespace(acme);
  });

  it("Stuck: an event says which object, whose and which field; it stays untouched, the others go on", async () => {
    await helm(5);
    const before = await settled(5);
    await form({ conflictPolicy: "Stuck" });
    const { status } = await stuck();
    const sentence =
      `Resource conflict detected for ${acme}/acme-app (Kind: Deployment, Policy: Stuck). ` +
      "Another controller or user may be managing this resource. Consider using ConflictPolicy=Force " +
      "to take ownership or resolve the conflict manually. " +
      'Error: Apply failed with 1 conflict: conflict with "helm" using apps/v1: .spec.replicas';
    await eventually(async () => {
      expect(await scenario.events("acme-web-app", "ResourceConflict")).toEqual([
        { type: "Warning", reason: "ResourceConflict", message: sentence, count: 1 },
      ]);
    });
    expect((await scenario.kubectl(["describe", "lynqnode", "acme-web-app"])).stdout).toContain(sentence);
    const conditions = status?.conditions ?? [];
    expect(conditions.find(({ type }) => type === "Conflicted")).toMatchObject({
      status: "True",
      reason: "ResourceConflict",
    });
    expect(conditions.find(({ type }) => type === "Ready")).toMatchObject({
      status: "False",
      reason: "ResourcesConflicted",
    });
    expect(status?.appliedResources).toEqual([`ConfigMap/${acme}/acme-config@config`, `Service/${acme}/acme-svc@svc`]);
    await scenario.afterSyncs();
    expect(versionOf(await app())).toEqual(before);
  });

  it("Stuck: equal values do not make it ours, and neither the form nor the node ever deletes it", async () => {
    await helm(2);
    const before = await settled(2);
    await form({ conflictPolicy: "Stuck" });
    await stuck();
    const [event] = await eventually(async () => {
      const events = await scenario.events("acme-web-app", "ResourceConflict");
      expect(events).toHaveLength(1);
      return events;
    });
    expect(event?.message).toContain(
      `Resource conflict detected for ${acme}/acme-app (Kind: Deployment, Policy: Stuck).`,
    );
    expect(event?.message).toContain('"helm"');
    expect(versionOf(await app())).toEqual(before);

    const { services, configMaps } = (await scenario.formObject("web-app")).spec;
    await scenario.form("web-app", { services, configMaps });
    await scenario.ready("acme-web-app");
    await scenario.afterSyncs();
    expect(versionOf(await app())).toEqual(before);

    await form({ conflictPolicy: "Stuck" });
    await stuck();
    await activate(false);
    await nodeGone("acme-web-app");
    await scenario.gone("v1", "Service", "acme-svc", acme);
    await scenario.afterSyncs();
    expect(versionOf(await app())).toEqual(before);
  });

  it("Stuck: is ours to make once the other tool has let it go", async () => {
    await helm(5);
    await form({ conflictPolicy: "Stuck" });
    await stuck();
    const { uid } = (await app()).metadata;
    await kubectl("delete", "deployment", "acme-app", `--namespace=${acme}`);
    await scenario.ready("acme-web-app");
    expect((await app()).metadata.uid).not.toBe(uid);
  });

  it("Force: the same object is taken over, as the migration goes from step to step", async () => {
    await helm(5);
    await settled(5);
    const { uid } = (await app()).metadata;
    await form({ conflictPolicy: "Stuck", deletionPolicy: "Retain" });
    await stuck();

    // Step 6: let lynq take ownership.
    await form({ conflictPolicy: "Force", deletionPolicy: "Retain" });
    const node = await scenario.ready("acme-web-app");
    expect(node.status).toMatchObject({ desiredResources: 3, readyResources: 3, failedResources: 0 });
    expect(node.status?.appliedResources).toEqual([
      `ConfigMap/${acme}/acme-config@config`,
      `Deployment/${acme}/acme-app@app`,
      `Service/${acme}/acme-svc@svc`,
    ]);
    expect(await app()).toMatchObject({ metadata: { uid }, spec: { replicas: 2 } });
    const yaml = (
      await scenario.kubectl(["get", "deployment", "acme-app", `-n=${acme}`, "-o", "yaml", "--show-managed-fields"])
    ).stdout;
    expect(yaml).toMatch(/manager: lynq\n +operation: Apply/);

    // Rollback plan: the node goes, the object stays.
    await kubectl("delete", "lynqnode", "acme-web-app");
    await scenario.ready("acme-web-app");
    expect(await app()).toMatchObject({ metadata: { uid } });

    // Step 9: relax the policies; now it is ours, and goes with its row.
    await form({ conflictPolicy: "Stuck", deletionPolicy: "Delete" });
    await upToDate("acme-web-app");
    await scenario.ready("acme-web-app");
    expect(await app()).toMatchObject({ metadata: { uid }, spec: { replicas: 2 } });
    await activate(false);
    await nodeGone("acme-web-app");
    await scenario.gone("apps/v1", "Deployment", "acme-app", acme);
  });

  it("Force: what the other tool set and the form does not give stays", async () => {
    await applyAs("helm", acme, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "acme-config", labels: { "helm.sh/chart": "acme" } },
      data: { key: "theirs", other: "kept" },
    });
    const { uid } = (await scenario.get("v1", "ConfigMap", "acme-config", acme)).metadata;
    await scenario.form("forced", {
      configMaps: [
        {
          id: "config",
          includeWhen: '{{ eq .uid "acme" }}',
          conflictPolicy: "Force",
          nameTemplate: "{{ .uid }}-config",
          namespaceTemplate: acme,
          spec: configMap({ key: "ours" }),
        },
      ],
    });
    await scenario.ready("acme-forced");
    const after = await scenario.get("v1", "ConfigMap", "acme-config", acme);
    expect(after).toMatchObject({ metadata: { uid }, data: { key: "ours", other: "kept" } });
    expect(after.metadata.labels).toMatchObject({ "helm.sh/chart": "acme" });
  });
});

describe("an object of another LynqNode", () => {
  const shared = (value: string, extra: Record<string, unknown> = {}) => ({
    configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-shared", ...extra, spec: configMap({ value }) }],
  });

  it.each(["Stuck", "Force"])("is refused to the second, with %s too, and told by name", async conflictPolicy => {
    const owned = () => scenario.get("v1", "ConfigMap", "acme-shared");
    await scenario.form("first", shared("first"));
    await scenario.ready("acme-first");
    const before = versionOf(await owned());

    // Admission cannot know for which rows the second form writes.
    await scenario.form("second", shared("second", { conflictPolicy, includeWhen: '{{ eq .uid "acme" }}' }));
    await eventually(async () => {
      const { status } = await scenario.node("acme-second");
      expect(status).toMatchObject({ conflictedResources: 1, appliedResources: [] });
      const condition = status?.conditions?.find(({ type }) => type === "Conflicted");
      expect(condition?.message).toContain(`${scenario.namespace}/acme-first`);
    });
    await kubectl("delete", "lynqform", "second");
    await nodeGone("acme-second");
    await scenario.afterSyncs();
    expect(versionOf(await owned())).toEqual(before);
  });
});

describe("an object that rows share on purpose", () => {
  const common = () => scenario.get("v1", "ConfigMap", "common");
  const lists = {
    configMaps: [
      {
        id: "common",
        nameTemplate: "common",
        creationPolicy: "Once",
        deletionPolicy: "Retain",
        spec: configMap({ by: "{{ .uid }}" }),
      },
    ],
  };

  it("is made by the first, is in nobody's way, and outlives them all as it is", async () => {
    await scenario.form("sharing", lists);
    await scenario.ready("acme-sharing");
    const { metadata, data } = await common();
    await scenario.sql("INSERT INTO nodes (id, active) VALUES ('second', 1)");
    const node = await scenario.ready("second-sharing");
    expect(node.status).toMatchObject({ desiredResources: 1, readyResources: 1, conflictedResources: 0 });
    expect(await common()).toMatchObject({ metadata: { resourceVersion: metadata.resourceVersion }, data });

    // The first row goes, and leaves it behind; those that come later find it.
    await kubectl("delete", "lynqnode", "acme-sharing");
    await scenario.sql("INSERT INTO nodes (id, active) VALUES ('third', 1)");
    await scenario.ready("acme-sharing");
    await scenario.ready("third-sharing");
    await kubectl("delete", "lynqform", "sharing");
    for (const name of ["acme", "second", "third"]) await nodeGone(`${name}-sharing`);
    expect(await common()).toMatchObject({
      metadata: { uid: metadata.uid, labels: { "lynq.sh/orphaned": "true" } },
      data,
    });
  });
});

describe("what the Go operator has made", () => {
  it("is taken over as it is: no node, no object is made anew; what the form drops later is really removed", async () => {
    const namespace = scenario.namespace;
    const elsewhere = `${namespace}-elsewhere`;
    await scenario.createNamespace(elsewhere);
    // Its hub comes last, as the new operator comes to what is there.
    await scenario.apply({
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      metadata: {
        name: "acme-legacy",
        labels: { "lynq.sh/hub": "legacy-hub", "lynq.sh/uid": "acme" },
        annotations: {
          "lynq.sh/hubId": "legacy-hub",
          "lynq.sh/activate": "1",
          "lynq.sh/extra": '{"text":"first"}',
          "lynq.sh/template-generation": "1",
        },
        finalizers: ["lynqnode.operator.lynq.sh/finalizer"],
      },
      spec: { uid: "acme", templateRef: "legacy" },
    });
    const { uid: nodeUid = "" } = (await scenario.node("acme-legacy")).metadata;
    const owner = {
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      name: "acme-legacy",
      uid: nodeUid,
      controller: true,
      blockOwnerDeletion: true,
    };
    const annotations = (deletionPolicy: string) => ({
      "lynq.sh/deletion-policy": deletionPolicy,
      "lynq.sh/applied-hash": "0123456789abcdef",
      "lynq.sh/apply-start-time": "2026-01-01T00:00:00.000000001Z",
    });
    const tracking = { "lynq.sh/node": "acme-legacy", "lynq.sh/node-namespace": namespace };
    const goOperator = (namespace: string, body: Manifest, metadata: Record<string, unknown>) =>
      applyAs("lynq-operator", namespace, { ...body, metadata });
    await goOperator(namespace, configMap({ value: "first" }), {
      name: "acme-owned",
      labels: { team: "blue", dropped: "yes" },
      annotations: annotations("Delete"),
      ownerReferences: [owner],
    });
    await goOperator(namespace, persistentVolumeClaim(), {
      name: "acme-retained",
      labels: tracking,
      annotations: annotations("Retain"),
    });
    await goOperator(elsewhere, configMap({ value: "first" }), {
      name: "acme-far",
      labels: tracking,
      annotations: annotations("Delete"),
    });
    const all = () =>
      Promise.all([
        scenario.get("v1", "ConfigMap", "acme-owned"),
        scenario.get("v1", "PersistentVolumeClaim", "acme-retained"),
        scenario.get("v1", "ConfigMap", "acme-far", elsewhere),
      ]);
    const before = (await all()).map(({ metadata }) => metadata.uid);

    const body = configMap({ value: "{{ .text }}" });
    const form = (labels: Record<string, string>) =>
      scenario.form(
        "legacy",
        {
          configMaps: [
            { id: "owned", nameTemplate: "{{ .uid }}-owned", labelsTemplate: labels, spec: body },
            { id: "far", nameTemplate: "{{ .uid }}-far", targetNamespace: elsewhere, spec: body },
          ],
          persistentVolumeClaims: [
            {
              id: "retained",
              deletionPolicy: "Retain",
              nameTemplate: "{{ .uid }}-retained",
              spec: persistentVolumeClaim(),
            },
          ],
        },
        "legacy-hub",
      );
    await form({ team: "blue", dropped: "yes" });
    await scenario.hub({ name: "legacy-hub", extra: { text: "text" } });
    const node = await scenario.ready("acme-legacy");
    expect(node.metadata.uid).toBe(nodeUid);
    expect(node.status).toMatchObject({ desiredResources: 3, readyResources: 3, conflictedResources: 0 });
    const taken = await all();
    expect(taken.map(({ metadata }) => metadata.uid)).toEqual(before);
    for (const { metadata } of taken) {
      const managers = (metadata.managedFields ?? []).map(({ manager }) => manager);
      expect(managers).toContain("lynq");
      expect(managers).not.toContain("lynq-operator");
    }

    await form({ team: "blue" });
    await eventually(async () => {
      const [owned] = await all();
      expect(owned.metadata.labels).toMatchObject({ team: "blue" });
      expect(Object.keys(owned.metadata.labels ?? {})).not.toContain("dropped");
    });
    await scenario.sql("UPDATE nodes SET text = 'second'");
    await eventually(async () => {
      const [owned, , far] = await all();
      expect([owned["data"], far["data"]]).toEqual([{ value: "second" }, { value: "second" }]);
    });
    expect((await all()).map(({ metadata }) => metadata.uid)).toEqual(before);
  });
});
