import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { configMap, deployment } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { held, releasePods } from "../environment/held-pods";
import { Scenario } from "../environment/scenario";

/** Of a form's nodes: uid → the version that its ConfigMap shows, and whether the node is ready. */
async function versions(scenario: Scenario, form: string): Promise<Record<string, string>> {
  const configs = await scenario.list("v1", "ConfigMap", `lynq.sh/form=${form}`);
  const entries = configs.map(({ metadata, ...config }): [string, string] => [
    metadata.labels?.["lynq.sh/uid"] ?? "",
    Object.values(config["data"] ?? {}).join(),
  ]);
  return Object.fromEntries(entries.sort());
}

describe("maxSkew", () => {
  let scenario: Scenario;
  const rollout = (name: string) => scenario.formObject(name).then(({ status }) => status?.rollout);

  beforeAll(async () => {
    scenario = await Scenario.open("rollout");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, image VARCHAR(63))");
    await scenario.sql("INSERT INTO nodes VALUES ('a', 1, 'one'), ('b', 1, 'new'), ('c', 1, 'one'), ('d', 1, 'one')");
    await scenario.hub({ extra: { image: "image" } });
  });

  afterAll(() => scenario.close());

  it("1 is not stopped by a node that fails for good, whose row can always be repaired", async () => {
    const form = (value: string, paused = false) =>
      scenario.form("broken", {
        rollout: { maxSkew: 1, paused },
        configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-broken", spec: configMap({ value }) }],
      });
    await form("{{ .image }} v1");
    for (const uid of ["a", "b", "c", "d"]) await scenario.ready(`${uid}-broken`);
    await eventually(async () => {
      expect(await rollout("broken")).toMatchObject({ phase: "Complete", message: "all 4 nodes are updated" });
    });
    const first = (await scenario.formObject("broken")).status?.rollout?.startTime ?? "";
    // Times are whole seconds, rounded up: the next rollout is to start in another one.
    await eventually(() => {
      expect(Date.now()).toBeGreaterThan(Date.parse(first));
    });

    // Admission would refuse what fails for a row that is there: the row turns bad when the form has passed.
    const broken = '{{ if eq .image "bad" }}{{ fail "no such image" }}{{ end }}{{ .image }} v2';
    await form(broken, true);
    await scenario.sql("UPDATE nodes SET image = 'bad' WHERE id = 'b'");
    await eventually(async () => {
      expect(await versions(scenario, "broken")).toMatchObject({ b: "bad v1" });
    });
    await form(broken);
    await eventually(async () => {
      // The broken node keeps what it had.
      expect(await versions(scenario, "broken")).toEqual({ a: "one v2", b: "bad v1", c: "one v2", d: "one v2" });
      expect(await rollout("broken")).toMatchObject({
        phase: "InProgress",
        totalNodes: 4,
        updatedNodes: 4,
        updatingNodes: 0,
        readyUpdatedNodes: 3,
        failedNodes: 1,
        message: "4 of 4 nodes are updated, 3 of them are ready; 1 failed: b",
      });
    });

    await scenario.sql("UPDATE nodes SET image = 'good' WHERE id = 'b'");
    await eventually(async () => {
      expect(await versions(scenario, "broken")).toMatchObject({ b: "good v2" });
      const { status } = await scenario.formObject("broken");
      expect(status).toMatchObject({
        stableRevision: status?.currentRevision,
        rollout: { phase: "Complete", message: "all 4 nodes are updated" },
      });
      expect(status?.rollout?.startTime).not.toBe(first);
    });
    await eventually(async () => {
      expect((await scenario.events("broken")).map(({ reason }) => reason)).toEqual(
        expect.arrayContaining(["RolloutStarted", "RolloutComplete"]),
      );
    });
  });

  it("moves strictly one node at a time; what waits heals and follows its row with its own content, and new rows start at once", async () => {
    const form = (version: string, pod: Record<string, unknown> = {}) =>
      scenario.form("strict", {
        rollout: { maxSkew: "25%" },
        configMaps: [
          { id: "config", nameTemplate: "{{ .uid }}-strict", spec: configMap({ value: `{{ .image }} ${version}` }) },
        ],
        deployments: [
          {
            id: "app",
            nameTemplate: "{{ .uid }}-strict",
            spec: deployment({
              replicas: 1,
              template: { spec: { containers: [{ name: "app", image: "nginx:1.27" }], ...pod } },
            }),
          },
        ],
      });
    await form("v1");
    for (const uid of ["a", "b", "c", "d"]) await scenario.ready(`${uid}-strict`);

    await form("v2", held);
    await eventually(async () => {
      expect(await rollout("strict")).toMatchObject({ phase: "InProgress", updatedNodes: 1, updatingNodes: 1 });
    });
    await scenario.afterSyncs();
    const old = { b: "good v1", c: "one v1", d: "one v1" };
    expect(await versions(scenario, "strict")).toEqual({ a: "one v2", ...old });

    // A row that changes, and an object that is deleted: the node that waits keeps to its own revision.
    await scenario.sql("UPDATE nodes SET image = 'two' WHERE id = 'c'");
    await eventually(async () => {
      expect(await versions(scenario, "strict")).toMatchObject({ c: "two v1" });
    });
    const { uid } = (await scenario.get("v1", "ConfigMap", "d-strict")).metadata;
    await scenario.kubectl(["delete", "configmap", "d-strict"]);
    await eventually(async () => {
      expect((await scenario.get("v1", "ConfigMap", "d-strict")).metadata.uid).not.toBe(uid);
    });
    expect(await versions(scenario, "strict")).toMatchObject({ d: "one v1" });

    // New rows do not queue behind the node that is not ready.
    await scenario.sql("INSERT INTO nodes VALUES ('new-1', 1, 'one'), ('new-2', 1, 'one')");
    await eventually(async () => {
      expect(await versions(scenario, "strict")).toMatchObject({ "new-1": "one v2", "new-2": "one v2" });
    });
    await scenario.afterSyncs();
    // A quarter of six nodes is two; the new ones take none of these places.
    await eventually(async () => {
      const moved = (await scenario.nodes()).filter(
        node => node.spec.templateRef === "strict" && node.spec.rolledOutAt !== undefined,
      );
      expect(moved.map(node => node.spec.uid).sort()).toEqual(["a", "b"]);
    });

    await eventually(async () => {
      await releasePods(scenario, "");
      expect(await rollout("strict")).toMatchObject({ phase: "Complete", readyUpdatedNodes: 6 });
    });
    await scenario.sql("DELETE FROM nodes WHERE id LIKE 'new-%'");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "new-1-strict");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "new-2-strict");
  });

  it("1 goes through nodes whose objects are in namespaces that a template names", async () => {
    const far = `${scenario.namespace}-far`;
    await scenario.createNamespace(far);
    const form = (image: string) =>
      scenario.form("far", {
        rollout: { maxSkew: 1 },
        deployments: [
          {
            id: "app",
            nameTemplate: "{{ .uid }}-far",
            targetNamespace: `{{ list "${scenario.namespace}" "far" | join "-" }}`,
            spec: deployment({}, image),
          },
        ],
      });
    await form("nginx:1.27");
    for (const uid of ["a", "b", "c", "d"]) await scenario.ready(`${uid}-far`);
    await form("nginx:1.28");
    await eventually(async () => {
      const { metadata, status } = await scenario.formObject("far");
      expect(status?.observedGeneration).toBe(metadata.generation);
      expect(status?.rollout).toMatchObject({
        phase: "Complete",
        targetRevision: status?.currentRevision,
        updatedNodes: 4,
        readyUpdatedNodes: 4,
      });
    });
    const deployments = await scenario.list("apps/v1", "Deployment", "lynq.sh/form=far", far);
    expect(JSON.stringify(deployments.map(({ spec }) => spec)).match(/nginx:1\.28/g)).toHaveLength(4);
    await scenario.kubectl(["delete", "lynqform", "far"]);
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "d-far");
  });

  it("is not needed for a pause: no node moves until the form is resumed, and what is new starts with the stable content", async () => {
    const form = (version: string, paused: boolean) =>
      scenario.form("paused", {
        rollout: { paused },
        configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-paused", spec: configMap({ version }) }],
      });
    await form("v1", false);
    for (const uid of ["a", "b", "c", "d"]) await scenario.ready(`${uid}-paused`);
    await eventually(async () => {
      const { status } = await scenario.formObject("paused");
      expect(status?.stableRevision).toBeDefined();
      // Without anything to throttle, nothing is told.
      expect(status).not.toHaveProperty("rollout");
    });

    await form("v2", true);
    await eventually(async () => {
      const { status } = await scenario.formObject("paused");
      expect(status?.rollout).toMatchObject({
        phase: "Paused",
        paused: true,
        message: "paused by spec.rollout.paused: 0 of 4 nodes are updated, 0 of them are ready",
      });
      expect(status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({
        status: "False",
        reason: "RolloutPaused",
      });
    });
    await scenario.sql("INSERT INTO nodes VALUES ('late', 1, 'one')");
    await scenario.ready("late-paused");
    await scenario.afterSyncs();
    const all = (version: string) => ({ a: version, b: version, c: version, d: version, late: version });
    expect(await versions(scenario, "paused")).toEqual(all("v1"));

    await form("v2", false);
    await eventually(async () => {
      expect(await versions(scenario, "paused")).toEqual(all("v2"));
    });
  });
});
