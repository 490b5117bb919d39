import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { configMap, deployment } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { held, releasePods } from "../environment/held-pods";
import { Scenario } from "../environment/scenario";

const HOLD = "example.com/hold";

/** What a form drops, under a running node. */
describe("what a form does not want any more", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("pruning");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
    await scenario.sql("INSERT INTO nodes VALUES ('a', 1)");
    await scenario.hub();
  });

  afterAll(() => scenario.close());

  const patch = async (name: string, content: unknown) => {
    const args = ["patch", "configmap", name, "--type=merge", "--patch", JSON.stringify(content)];
    const { code, stderr } = await scenario.kubectl(args);
    if (code !== 0) throw new Error(stderr);
  };
  const hold = (name: string) => patch(name, { metadata: { finalizers: [HOLD] } });
  const release = (name: string) => patch(name, { metadata: { finalizers: null } });

  afterEach(async () => {
    for (const { metadata } of await scenario.list("v1", "ConfigMap")) {
      if (metadata.finalizers?.includes(HOLD) === true) await release(metadata.name ?? "");
    }
  });

  const config = (id: string, more: Record<string, unknown> = {}) => ({
    id,
    nameTemplate: `{{ .uid }}-${id}`,
    ...more,
    spec: configMap(),
  });
  const deleting = async (name: string) =>
    (await scenario.get("v1", "ConfigMap", name)).metadata.deletionTimestamp !== undefined;
  const pruning = async (node: string) => findCondition((await scenario.node(node)).status?.conditions, "Pruning");

  it("goes against dependIds, wave by wave, while the node stays ready; each is told once", async () => {
    const kept = config("kept");
    await scenario.form("chain", {
      configMaps: [
        kept,
        config("ground"),
        config("walls", { dependIds: ["ground"] }),
        config("roof", { dependIds: ["walls"] }),
      ],
    });
    await scenario.ready("a-chain");
    await hold("a-roof");
    await hold("a-walls");
    await scenario.form("chain", { configMaps: [kept] });
    await eventually(async () => {
      expect(await pruning("a-chain")).toMatchObject({
        status: "True",
        reason: "Deleting",
        message:
          "3 objects are no longer wanted; " +
          `ConfigMap ${scenario.namespace}/a-roof: is being deleted, and kept by its finalizer ${HOLD}`,
      });
    });
    await scenario.afterSyncs();
    expect([await deleting("a-roof"), await deleting("a-walls"), await deleting("a-ground")]).toEqual([
      true,
      false,
      false,
    ]);
    expect((await scenario.ready("a-chain")).status).toMatchObject({ desiredResources: 1, readyResources: 1 });

    await release("a-roof");
    await eventually(async () => {
      expect(await deleting("a-walls")).toBe(true);
    });
    await scenario.afterSyncs();
    expect(await deleting("a-ground")).toBe(false);
    await release("a-walls");
    await scenario.gone("v1", "ConfigMap", "a-ground");
    await eventually(async () => {
      expect(await pruning("a-chain")).toBeUndefined();
      const told = await scenario.events("a-chain", "OrphanedResourceDeleted");
      expect(told.map(({ count, message }) => [count, message]).sort()).toEqual(
        ["ground", "roof", "walls"].map(id => [
          1,
          `ConfigMap ${scenario.namespace}/a-${id} left the form and is deleted`,
        ]),
      );
    });
  });

  it("stays under its old name until the new one, and everything that depends on it, is ready", async () => {
    const form = (suffix: string, image: string, pod: Record<string, unknown> = {}) =>
      scenario.form("moved", {
        configMaps: [config("db", { nameTemplate: `{{ .uid }}-db-${suffix}` })],
        deployments: [
          {
            id: "app",
            nameTemplate: "{{ .uid }}-app",
            dependIds: ["db"],
            spec: deployment({
              strategy: { type: "Recreate" },
              template: { spec: { ...pod, containers: [{ name: "app", image }] } },
            }),
          },
        ],
      });
    await form("old", "nginx:1.27");
    await scenario.ready("a-moved");
    const { uid } = (await scenario.get("v1", "ConfigMap", "a-db-old")).metadata;
    await form("new", "nginx:1.28", held);
    await eventually(() => scenario.get("v1", "ConfigMap", "a-db-new"));
    await eventually(async () => {
      expect(await pruning("a-moved")).toMatchObject({
        reason: "Kept",
        message: `1 object is no longer wanted; ConfigMap ${scenario.namespace}/a-db-old: is kept: app is not ready yet`,
      });
    });
    await scenario.afterSyncs();
    expect((await scenario.get("v1", "ConfigMap", "a-db-old")).metadata.uid).toBe(uid);
    await releasePods(scenario, "a-app");
    await scenario.gone("v1", "ConfigMap", "a-db-old");
    await scenario.ready("a-moved");
  });

  it("stays while something that is wanted cannot be written, and goes once it can", async () => {
    const kubectl = async (verb: string) => {
      const { code, stderr } = await scenario.kubectl([verb, "configmap", "a-after"]);
      expect([code, stderr]).toEqual([0, ""]);
    };
    await scenario.form("partly", { configMaps: [config("before")] });
    await scenario.ready("a-partly");
    // Somebody else's object stands where the new one should be.
    await kubectl("create");
    await scenario.form("partly", { configMaps: [config("after")] });
    await eventually(async () => {
      expect(await pruning("a-partly")).toMatchObject({
        reason: "Kept",
        message: `1 object is no longer wanted; ConfigMap ${scenario.namespace}/a-before: is kept: not everything that is wanted is written yet`,
      });
    });
    await scenario.afterSyncs();
    expect(await deleting("a-before")).toBe(false);
    await kubectl("delete");
    await scenario.gone("v1", "ConfigMap", "a-before");
  });
});
