import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { findCondition } from "../../lib/status";
import { configMap, deployment, persistentVolumeClaim } from "../environment/bodies";
import { installCustomKind } from "../environment/custom-kind";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

const CRDS = ["lynqhubs", "lynqforms", "lynqnodes"].map(plural => `${plural}.operator.lynq.sh`);

let scenario: Scenario;
let elsewhere: string;

beforeEach(async () => {
  scenario = await Scenario.open("uninstall");
  elsewhere = `${scenario.namespace}-apps`;
  await scenario.createNamespace(elsewhere);
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE)");
  await scenario.sql("INSERT INTO nodes (id) VALUES ('acme')");
});

afterEach(async () => {
  await scenario.environment.act("operator/start");
  // One that is on its way out is gone first: it cannot be taken back.
  for (const crd of CRDS) {
    const { stdout } = await scenario.kubectl(["get", "crd", crd, "-o", "jsonpath={.metadata.deletionTimestamp}"]);
    if (stdout !== "") await kubectl("wait", "--for=delete", `crd/${crd}`, "--timeout=180s");
  }
  await installDefinitions();
  await scenario.close();
});

async function kubectl(...args: string[]): Promise<void> {
  const { code, stderr } = await scenario.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
}

async function installDefinitions(): Promise<void> {
  for (const plural of ["lynqhubs", "lynqforms", "lynqnodes"]) {
    await kubectl("apply", "--server-side", "-f", join(__dirname, "..", "..", "crds", `${plural}.yaml`));
  }
  // They are established a moment before they are served.
  for (const crd of CRDS) await eventually(() => kubectl("get", crd));
}

const stack = () => ({
  configMaps: [
    { id: "near", nameTemplate: "{{ .uid }}-near", spec: configMap() },
    { id: "far", nameTemplate: "{{ .uid }}-far", targetNamespace: elsewhere, spec: configMap() },
  ],
  persistentVolumeClaims: [
    { id: "data", nameTemplate: "{{ .uid }}-data", deletionPolicy: "Retain", spec: persistentVolumeClaim() },
  ],
  deployments: [{ id: "app", nameTemplate: "{{ .uid }}-app", dependIds: ["near"], spec: deployment() }],
});

const objects = (): Promise<KubernetesObject[]> =>
  Promise.all([
    scenario.get("v1", "ConfigMap", "acme-near"),
    scenario.get("v1", "ConfigMap", "acme-far", elsewhere),
    scenario.get("v1", "PersistentVolumeClaim", "acme-data"),
    scenario.get("apps/v1", "Deployment", "acme-app"),
  ]);

const uids = async () => (await objects()).map(({ metadata }) => metadata.uid);

async function running(): Promise<(string | undefined)[]> {
  await scenario.hub();
  await scenario.form("web", stack());
  await scenario.ready("acme-web");
  return await uids();
}

async function definitionsGone(): Promise<void> {
  for (const crd of CRDS) await kubectl("wait", "--for=delete", `crd/${crd}`, "--timeout=180s");
}

/** All that the node had is there as it was, and nothing of it can be garbage-collected. */
async function expectOrphans(before: (string | undefined)[]): Promise<void> {
  const after = await objects();
  expect(after.map(({ metadata }) => metadata.uid)).toEqual(before);
  for (const { metadata } of after) {
    expect(metadata.deletionTimestamp).toBeUndefined();
    expect(metadata.ownerReferences ?? []).toEqual([]);
    expect(metadata.labels).toMatchObject({ "lynq.sh/orphaned": "true" });
    expect(metadata.annotations).toMatchObject({ "lynq.sh/orphaned-from": `${scenario.namespace}/acme-web` });
  }
}

describe("Lynq's definitions, deleted", () => {
  it("take no stack along; what comes again takes up the same objects", async () => {
    const before = await running();
    await kubectl("delete", "crd", ...CRDS, "--wait=false");
    await definitionsGone();
    await expectOrphans(before);

    await installDefinitions();
    expect(await running()).toEqual(before);
    for (const { metadata } of await objects()) {
      expect(metadata.labels).toMatchObject({ "lynq.sh/node": "acme-web" });
      expect(Object.keys(metadata.labels ?? {})).not.toContain("lynq.sh/orphaned");
    }
    // Ours again: they go with their row as the policies say.
    await scenario.sql("DELETE FROM nodes");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-web");
    expect(await scenario.find("apps/v1", "Deployment", "acme-app")).toBeUndefined();
    expect((await scenario.get("v1", "PersistentVolumeClaim", "acme-data")).metadata.uid).toBe(before[2]);
  });

  it("wait for an operator that is away, and take no stack along then either", async () => {
    const before = await running();
    await scenario.environment.act("operator/stop");
    await kubectl("delete", "crd", ...CRDS, "--wait=false");
    await eventually(async () => {
      expect((await scenario.node("acme-web")).metadata.deletionTimestamp).toBeDefined();
    });
    expect(await uids()).toEqual(before);
    await scenario.environment.act("operator/start");
    await definitionsGone();
    await expectOrphans(before);
  });
});

describe("an operator that is uninstalled, and its definitions are kept", () => {
  it("leaves everything running; what is deleted meanwhile waits for it, a namespace too, and nothing retained is lost", async () => {
    const before = await running();
    const { uid: kept } = (await scenario.get("v1", "PersistentVolumeClaim", "acme-data")).metadata;
    await scenario.form("kept-elsewhere", {
      configMaps: [
        {
          id: "stays",
          nameTemplate: "{{ .uid }}-stays",
          deletionPolicy: "Retain",
          targetNamespace: elsewhere,
          spec: configMap(),
        },
      ],
    });
    await scenario.ready("acme-kept-elsewhere");
    const stays = await scenario.get("v1", "ConfigMap", "acme-stays", elsewhere);
    await scenario.environment.act("operator/stop");
    await scenario.sql("DELETE FROM nodes");
    await kubectl("delete", "deployment", "acme-app");
    expect((await uids().catch(() => [])).length).toBe(0);
    expect((await scenario.get("v1", "ConfigMap", "acme-near")).metadata.uid).toBe(before[0]);
    expect((await scenario.get("v1", "PersistentVolumeClaim", "acme-data")).metadata.uid).toBe(kept);

    await kubectl("delete", "namespace", scenario.namespace, "--wait=false");
    await eventually(async () => {
      const { stdout } = await scenario.kubectl(["get", "namespace", scenario.namespace, "-o", "jsonpath={.status}"]);
      expect(stdout).toContain("lynqnode.operator.lynq.sh/finalizer in 2 resource instances");
    });
    // Kubernetes takes what is in the namespace; what is in another one is ours to decide about, and waits.
    expect((await scenario.get("v1", "ConfigMap", "acme-far", elsewhere)).metadata.uid).toBe(before[1]);
    await scenario.environment.act("operator/start");
    await scenario.gone("v1", "Namespace", scenario.namespace);
    expect(await scenario.find("v1", "ConfigMap", "acme-far", elsewhere)).toBeUndefined();
    const { metadata } = await scenario.get("v1", "ConfigMap", "acme-stays", elsewhere);
    expect(metadata).toMatchObject({ uid: stays.metadata.uid, labels: { "lynq.sh/orphaned": "true" } });
    expect(metadata.ownerReferences ?? []).toEqual([]);
  });
});

describe("what was written in the moment before a crash", () => {
  it("is found, even when the next revision does not name its kind any more", async () => {
    const widgets = await installCustomKind(scenario);
    try {
      const form = (manifests: unknown[]) =>
        scenario.form("kinds", {
          configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-config", spec: configMap() }],
          // Never ready, so that what depends on it is named and not written, and the node is not at rest.
          services: [
            {
              id: "gate",
              nameTemplate: "{{ .uid }}-gate",
              spec: { apiVersion: "v1", kind: "Service", spec: { type: "LoadBalancer", ports: [{ port: 80 }] } },
            },
          ],
          manifests,
        });
      await scenario.hub();
      await form([
        {
          id: "widget",
          nameTemplate: "{{ .uid }}-widget",
          dependIds: ["gate"],
          spec: widgets.body({ size: 1 }),
        },
      ]);
      await eventually(async () => {
        const { status } = await scenario.node("acme-kinds");
        expect(status?.appliedResources).toHaveLength(2);
        expect(findCondition(status?.conditions, "Ready")?.message).toContain("waits for gate");
      });
      await scenario.environment.act("operator/stop");
      // As the operator would have, had its last breath been one request longer.
      const labels = { "lynq.sh/node": "acme-kinds", "lynq.sh/node-namespace": scenario.namespace };
      const metadata = { name: "acme-widget", labels, annotations: { "lynq.sh/deletion-policy": "Delete" } };
      const written = JSON.stringify({ ...widgets.body({ size: 1 }), metadata });
      const args = ["apply", "--server-side", "--field-manager=lynq", "-f", "-"];
      expect(await scenario.kubectl(args, written)).toMatchObject({ code: 0 });
      await form([]);
      await scenario.environment.act("operator/start");
      await scenario.gone(widgets.apiVersion, "Widget", "acme-widget");
    } finally {
      await widgets.remove();
    }
  });
});
