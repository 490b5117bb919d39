import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { configMap, deployment } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { held, releasePods } from "../environment/held-pods";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("order");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
  await scenario.sql("INSERT INTO nodes VALUES ('acme', 1)");
  await scenario.hub();
});

afterEach(() => scenario.close());

const named = (id: string, more: Record<string, unknown> = {}) => ({ id, nameTemplate: `{{ .uid }}-${id}`, ...more });

/** A config map is ready as soon as it exists. */
const config = (id: string, more: Record<string, unknown> = {}) => named(id, { ...more, spec: configMap({ id }) });

/** A deployment whose pods wait until the test lets them go. */
const slow = (id: string, more: Record<string, unknown> = {}) => {
  const template = { spec: { ...held, containers: [{ name: "app", image: "nginx:1.27" }] } };
  return named(id, { ...more, spec: deployment({ template }) });
};

const findConfig = (id: string) => scenario.find("v1", "ConfigMap", `acme-${id}`);
const exists = (id: string) => eventually(() => scenario.get("v1", "ConfigMap", `acme-${id}`));
const statusIs = (expected: Record<string, unknown>) =>
  eventually(async () => {
    expect((await scenario.node("acme-stack")).status).toMatchObject(expected);
  });
const messages = async (reason: string) => (await scenario.events("acme-stack", reason)).map(event => event.message);

describe("the order of making", () => {
  it("follows dependIds, whatever the order in the form", async () => {
    await scenario.form("stack", {
      configMaps: [
        config("roof", { dependIds: ["walls", "windows"] }),
        config("windows", { dependIds: ["walls"] }),
        config("walls", { dependIds: ["ground"] }),
        config("ground"),
      ],
    });
    await scenario.ready("acme-stack");
    const revisions = await Promise.all(
      ["ground", "walls", "windows", "roof"].map(async id => Number((await exists(id)).metadata.resourceVersion)),
    );
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  it("waits until a dependency is ready; a branch that waits does not hold up another", async () => {
    await scenario.form("stack", {
      deployments: [slow("db")],
      configMaps: [
        config("app", { dependIds: ["db"] }),
        config("front", { dependIds: ["app"] }),
        config("other"),
        config("beside", { dependIds: ["other"] }),
      ],
    });
    await exists("beside");
    await statusIs({ desiredResources: 5, readyResources: 2, failedResources: 0, skippedResources: 0 });
    await scenario.afterSyncs();
    expect(await findConfig("app")).toBeUndefined();
    expect(await findConfig("front")).toBeUndefined();
    const { conditions } = (await scenario.node("acme-stack")).status ?? {};
    const ready = conditions?.find(({ type }) => type === "Ready");
    expect(ready).toMatchObject({ status: "False", reason: "NotAllResourcesReady" });
    expect(ready?.message).toContain("waits for db");
    expect(await scenario.events("acme-stack", "DependencySkipped")).toEqual([]);

    await releasePods(scenario, "acme-db");
    await exists("app");
    await exists("front");
    expect((await scenario.ready("acme-stack")).status).toMatchObject({ desiredResources: 5, readyResources: 5 });
  });

  it("only makes in order, without waiting, where waitForReady is false", async () => {
    await scenario.form("stack", {
      deployments: [slow("db", { waitForReady: false })],
      configMaps: [config("app", { dependIds: ["db"] })],
    });
    await exists("app");
    expect((await scenario.ready("acme-stack")).status).toMatchObject({ desiredResources: 2, readyResources: 2 });
    const db = await scenario.get("apps/v1", "Deployment", "acme-db");
    expect(db["status"]).not.toMatchObject({ readyReplicas: 1 });
  });
});

describe("a dependency that fails", () => {
  it("after timeoutSeconds its dependents are skipped, those that do not mind go on, and all is well once it is ready", async () => {
    await scenario.form("stack", {
      deployments: [slow("db", { timeoutSeconds: 1 })],
      configMaps: [
        config("app", { dependIds: ["db"] }),
        config("front", { dependIds: ["app"] }),
        config("cleanup", { dependIds: ["db"], skipOnDependencyFailure: false }),
        config("other"),
      ],
    });
    await exists("cleanup");
    await statusIs({
      desiredResources: 5,
      readyResources: 2,
      failedResources: 1,
      skippedResources: 2,
      skippedResourceIds: ["app", "front"],
    });
    await scenario.afterSyncs();
    expect(await findConfig("app")).toBeUndefined();
    expect(await findConfig("front")).toBeUndefined();
    await exists("other");
    await eventually(async () => {
      expect(await messages("ReadinessTimeout")).toEqual([
        expect.stringMatching(/Deployment \S+\/acme-db: not ready 1 s after it was applied/),
      ]);
      expect((await messages("DependencySkipped")).sort()).toEqual([
        expect.stringMatching(/ConfigMap \S+\/acme-app: skipped because db has failed/),
        expect.stringMatching(/ConfigMap \S+\/acme-front: skipped because app is skipped/),
      ]);
      expect(await messages("DependencyFailedButProceeding")).toEqual([
        expect.stringMatching(/ConfigMap \S+\/acme-cleanup: /),
      ]);
    });
    const shown = (await scenario.kubectl(["get", "lynqnode", "acme-stack"])).stdout;
    expect(shown).toMatch(/acme-stack +acme +stack +2 +5 +2 +False +ResourcesFailed/);

    await releasePods(scenario, "acme-db");
    expect((await scenario.ready("acme-stack")).status).toMatchObject({
      desiredResources: 5,
      readyResources: 5,
      failedResources: 0,
      skippedResources: 0,
      skippedResourceIds: [],
    });
    await exists("app");
    await exists("front");
  });

  it("refused by the API server: its dependents are skipped, the others go on, and a repaired form brings all", async () => {
    // While no row has a node, admission cannot know what the column holds.
    await scenario.sql("ALTER TABLE nodes ADD COLUMN port INT DEFAULT 99999");
    await scenario.hub({ extra: { port: "port" } });
    const form = (port: number | string) =>
      scenario.form("stack", {
        services: [named("svc", { spec: { apiVersion: "v1", kind: "Service", spec: { ports: [{ port }] } } })],
        configMaps: [config("app", { dependIds: ["svc"] }), config("other")],
      });
    await form("{{ .port }}");
    await statusIs({ readyResources: 1, failedResources: 1, skippedResources: 1, skippedResourceIds: ["app"] });
    await eventually(async () => {
      expect(await messages("ApplyFailed")).toEqual([
        expect.stringMatching(/Service \S+\/acme-svc: .*spec.ports\[0\].port/),
      ]);
    });
    expect(await findConfig("app")).toBeUndefined();
    await form(80);
    expect((await scenario.ready("acme-stack")).status).toMatchObject({ readyResources: 3, skippedResources: 0 });
    await exists("app");
  });

  it("does not touch dependents that are there already, and does not keep their repair", async () => {
    const form = (image: string, gates: Record<string, unknown>) =>
      scenario.form("stack", {
        deployments: [
          named("db", {
            timeoutSeconds: 1,
            spec: deployment({
              strategy: { type: "Recreate" },
              template: { spec: { ...gates, containers: [{ name: "app", image }] } },
            }),
          }),
        ],
        configMaps: [config("app", { dependIds: ["db"] })],
      });
    await form("nginx:1.27", {});
    await scenario.ready("acme-stack");
    const { uid, resourceVersion } = (await exists("app")).metadata;

    await form("nginx:broken", held);
    await statusIs({ failedResources: 1, skippedResources: 0 });
    await scenario.afterSyncs();
    expect((await exists("app")).metadata).toMatchObject({ uid, resourceVersion });

    expect((await scenario.kubectl(["delete", "configmap", "acme-app"])).code).toBe(0);
    await eventually(async () => {
      expect((await exists("app")).metadata.uid).not.toBe(uid);
    });
  });
});

describe("the order of removal", () => {
  const hold = async (id: string, finalizers: readonly string[]) => {
    const patch = JSON.stringify({ metadata: { finalizers } });
    const { code, stderr } = await scenario.kubectl(["patch", "configmap", `acme-${id}`, "--type=merge", "-p", patch]);
    expect([code, stderr]).toEqual([0, ""]);
  };
  // What is still held when a test fails would keep its node for good.
  afterEach(async () => {
    for (const { metadata } of await scenario.list("v1", "ConfigMap")) {
      const { name = "", finalizers = [] } = metadata;
      if (finalizers.length > 0) await hold(name.replace("acme-", ""), []);
    }
  });

  const deleting = async (id: string) => (await exists(id)).metadata.deletionTimestamp !== undefined;

  it("goes against dependIds: what others need goes only when nothing needs it any more", async () => {
    await scenario.form("stack", {
      configMaps: [
        config("ground"),
        config("walls", { dependIds: ["ground"] }),
        config("roof", { dependIds: ["walls"] }),
        config("windows", { dependIds: ["walls"] }),
      ],
    });
    await scenario.ready("acme-stack");
    for (const id of ["roof", "walls", "ground"]) await hold(id, ["example.com/hold"]);

    await scenario.sql("DELETE FROM nodes");
    await scenario.gone("v1", "ConfigMap", "acme-windows");
    await eventually(async () => {
      expect(await deleting("roof")).toBe(true);
    });
    await scenario.afterSyncs();
    expect([await deleting("walls"), await deleting("ground")]).toEqual([false, false]);
    await eventually(async () => {
      const { status } = await scenario.node("acme-stack");
      expect(status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({ reason: "Deleting" });
    });

    await hold("roof", []);
    await eventually(async () => {
      expect(await deleting("walls")).toBe(true);
    });
    await scenario.afterSyncs();
    expect(await deleting("ground")).toBe(false);

    await hold("walls", []);
    await eventually(async () => {
      expect(await deleting("ground")).toBe(true);
    });
    // The node waits for the last of it.
    expect((await scenario.node("acme-stack")).metadata.finalizers).toEqual(["lynqnode.operator.lynq.sh/finalizer"]);
    await hold("ground", []);
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-stack");
    expect(await findConfig("ground")).toBeUndefined();
  });
});
