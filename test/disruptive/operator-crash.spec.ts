import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { findCondition } from "../../lib/status";
import { configMap, deployment, job, persistentVolumeClaim } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { held, releasePods } from "../environment/held-pods";
import { atRest, type OperatorRequest, OperatorRequests } from "../environment/operator-requests";
import { Scenario } from "../environment/scenario";

const ROWS = 50;

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("crash");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE)");
});

afterEach(async () => {
  await scenario.environment.act("operator/start");
  await scenario.close();
});

/** Four objects a row: one made once, one retained, one that needs the others. */
const form = {
  configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}-settings", spec: configMap() }],
  jobs: [{ id: "init", nameTemplate: "{{ .uid }}-init", creationPolicy: "Once", dependIds: ["settings"], spec: job() }],
  persistentVolumeClaims: [
    { id: "data", nameTemplate: "{{ .uid }}-data", deletionPolicy: "Retain", spec: persistentVolumeClaim() },
  ],
  deployments: [{ id: "app", nameTemplate: "{{ .uid }}-app", dependIds: ["init", "data"], spec: deployment() }],
};

async function insertRows(count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => `('row-${String(index).padStart(2, "0")}')`);
  await scenario.sql(`INSERT INTO nodes (id) VALUES ${rows.join()}`);
}

async function objects(): Promise<KubernetesObject[]> {
  const kinds: [string, string][] = [
    ["v1", "ConfigMap"],
    ["batch/v1", "Job"],
    ["v1", "PersistentVolumeClaim"],
    ["apps/v1", "Deployment"],
  ];
  const lists = await Promise.all(kinds.map(([apiVersion, kind]) => scenario.list(apiVersion, kind, "lynq.sh/node")));
  return [...(await scenario.nodes()), ...lists.flat()];
}

/** UID of every node and object, by name. */
async function everything(): Promise<Map<string, string>> {
  return new Map((await objects()).map(({ kind, metadata }) => [`${kind}/${metadata.name ?? ""}`, metadata.uid ?? ""]));
}

function allReady(rows: number): Promise<Map<string, string>> {
  return eventually(async () => {
    expect((await scenario.hubObject()).status).toMatchObject({ desired: rows, ready: rows, failed: 0 });
    const found = await everything();
    expect(found.size).toBe(5 * rows);
    return found;
  });
}

interface Creations {
  /** How often each object was made: the API server answers 201 to that and to nothing else. */
  readonly counts: ReadonlyMap<string, number>;
  /** Objects of writes whose client was gone before the answer; they may be stored all the same. */
  readonly cutOff: ReadonlySet<string>;
}

function creations(requests: readonly OperatorRequest[]): Creations {
  const counts = new Map<string, number>();
  const cutOff = new Set<string>();
  for (const { uri, code } of requests) {
    const [path = ""] = uri.split("?");
    // Nodes, events and revisions are posted to their list; what matters here has its name in the path.
    if (!/\/(configmaps|jobs|persistentvolumeclaims|deployments)\/[^/]+$/.test(path)) continue;
    if (code === 201) counts.set(path, (counts.get(path) ?? 0) + 1);
    if (code === 504) cutOff.add(path);
  }
  return { counts, cutOff };
}

describe("an operator that is killed in the middle of provisioning 50 rows", () => {
  /** Nothing that needs the job is made before its pod is let go: however fast the operator is, it is killed in the middle. */
  const slowForm = {
    ...form,
    jobs: [
      {
        ...form.jobs[0],
        spec: {
          apiVersion: "batch/v1",
          kind: "Job",
          spec: {
            template: {
              spec: { restartPolicy: "Never", containers: [{ name: "job", image: "busybox:1.37" }], ...held },
            },
          },
        },
      },
    ],
  };

  it.each([5, 100, 200])("comes to the same end when %d of 250 objects exist, and makes nothing twice", async some => {
    await scenario.hub();
    await scenario.form("form", slowForm);
    const requests = await OperatorRequests.since(scenario.namespace);
    await insertRows(ROWS);
    await eventually(async () => {
      if ((await everything()).size < some) throw new Error("too early to kill");
    });
    await scenario.environment.act("operator/kill");
    const early = await everything();
    expect(early.size).toBeLessThan(5 * ROWS);

    await scenario.environment.act("operator/start");
    await eventually(async () => {
      await releasePods(scenario, "row-");
      expect((await scenario.list("apps/v1", "Deployment", "lynq.sh/node")).length).toBe(ROWS);
    });
    const end = await allReady(ROWS);
    expect(new Map([...early.keys()].map(key => [key, end.get(key)]))).toEqual(early);
    const { counts, cutOff } = creations(await requests.writes());
    expect([...counts].filter(([, count]) => count !== 1)).toEqual([]);
    expect(new Set([...counts.keys(), ...cutOff]).size).toBe(4 * ROWS);
    for (const { status } of await scenario.nodes()) {
      expect(status).toMatchObject({ desiredResources: 4, readyResources: 4 });
      expect(status?.inventory).toHaveLength(4);
    }
    await scenario.afterSyncs();
    expect(await everything()).toEqual(end);
  });
});

describe("an operator that is killed while rows go", () => {
  it("finishes the clean-up: deleted what is to be deleted, kept what is retained", async () => {
    await scenario.hub({ spec: { deletionGuard: { disabled: true } } });
    await scenario.form("form", form);
    await insertRows(20);
    const before = await allReady(20);
    await scenario.sql("DELETE FROM nodes WHERE id >= 'row-05'");
    await eventually(async () => {
      if ((await everything()).size === before.size) throw new Error("too early to kill");
    });
    await scenario.environment.act("operator/kill");
    const left = new Map([...before].filter(([key]) => /\/row-0[0-4]-/.test(key)));
    await scenario.environment.act("operator/start");
    await eventually(async () => {
      expect(await everything()).toEqual(left);
    });
    const claims = await scenario.list("v1", "PersistentVolumeClaim", "lynq.sh/orphaned=true");
    expect(
      new Map(claims.map(({ metadata }) => [`PersistentVolumeClaim/${metadata.name ?? ""}`, metadata.uid])),
    ).toEqual(new Map([...before].filter(([key]) => key.startsWith("PersistentVolumeClaim/") && !left.has(key))));
  });
});

describe("an operator that starts again with nothing to do", () => {
  it.each(["stop", "kill"] as const)("(after %s) writes nothing, and soon asks for nothing either", async how => {
    await scenario.hub();
    await scenario.form("form", form);
    await insertRows(10);
    const before = await allReady(10);
    const versions = async () =>
      new Map(
        (await objects()).map(({ kind, metadata }) => [`${kind}/${metadata.name ?? ""}`, metadata.resourceVersion]),
      );
    // Their own controllers have come to rest, too.
    const unchanged = await eventually(async () => {
      const then = await versions();
      await scenario.afterSyncs();
      expect(await versions()).toEqual(then);
      return then;
    });
    await atRest(scenario);
    const hub = (await scenario.hubObject()).metadata.resourceVersion;

    await scenario.environment.act(`operator/${how}`);
    const requests = await OperatorRequests.since();
    await scenario.environment.act("operator/start");
    await scenario.afterSyncs();
    await scenario.afterSyncs();
    expect(await requests.writes()).toEqual([]);
    expect(await everything()).toEqual(before);
    expect(await versions()).toEqual(unchanged);
    expect((await scenario.hubObject()).metadata.resourceVersion).toBe(hub);

    // Alone on the cluster, so every request counts, those for the whole cluster, too.
    await atRest(scenario, "");
    const idle = await OperatorRequests.since();
    await scenario.afterSyncs();
    await scenario.afterSyncs();
    await scenario.afterSyncs();
    expect(await idle.made()).toEqual([]);
  });

  it("notices what happened while it was away", async () => {
    await scenario.hub();
    await scenario.form("form", form);
    await insertRows(3);
    await allReady(3);
    await scenario.environment.act("operator/stop");
    await scenario.kubectl(["delete", "configmap", "row-00-settings"]);
    await scenario.kubectl(["scale", "deployment", "row-01-app", "--replicas=4"]);
    await scenario.sql("DELETE FROM nodes WHERE id = 'row-02'");
    await scenario.sql("INSERT INTO nodes (id) VALUES ('newcomer')");
    const { uid } = (await scenario.get("apps/v1", "Deployment", "row-01-app")).metadata;
    await scenario.environment.act("operator/start");
    await scenario.ready("newcomer-form");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "row-02-form");
    await eventually(async () => {
      await scenario.get("v1", "ConfigMap", "row-00-settings");
      expect(await scenario.get("apps/v1", "Deployment", "row-01-app")).toMatchObject({
        metadata: { uid },
        spec: { replicas: 1 },
      });
    });
  });
});

describe("nodes whose deletion is held after their form is gone", () => {
  it("heal with their revision as before, after a restart, too; it goes with the last of them", async () => {
    await scenario.hub({ spec: { deletionGuard: { minCount: 1, maxPercent: 10 } } });
    await scenario.form("form", form);
    await insertRows(3);
    await allReady(3);
    await scenario.kubectl(["delete", "lynqform", "form"]);
    const digest = await eventually(async () => {
      const { deletionHeld } = (await scenario.hubObject()).status ?? {};
      expect(deletionHeld).toMatchObject({ count: 3 });
      return deletionHeld?.digest ?? "";
    });
    await scenario.environment.act("operator/kill");
    await scenario.kubectl(["delete", "configmap", "row-01-settings"]);
    await scenario.environment.act("operator/start");
    await eventually(() => scenario.get("v1", "ConfigMap", "row-01-settings"));
    await scenario.ready("row-01-form");

    await scenario.kubectl(["annotate", "lynqhub", "hub", `lynq.sh/approve-deletion=${digest}`]);
    await eventually(async () => {
      expect(await scenario.nodes()).toEqual([]);
      expect(await scenario.list("apps/v1", "ControllerRevision")).toEqual([]);
    });
  });

  it("leave no revision behind when the operator was away while the last of them went", async () => {
    await scenario.hub();
    await scenario.form("form", form);
    await insertRows(1);
    await allReady(1);
    await scenario.environment.act("operator/stop");
    await scenario.kubectl(["delete", "lynqform", "form"]);
    await scenario.kubectl([
      "patch",
      "lynqnode",
      "row-00-form",
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":null}}',
    ]);
    await scenario.kubectl(["delete", "lynqnode", "row-00-form"]);
    expect(await scenario.list("apps/v1", "ControllerRevision")).toHaveLength(1);
    await scenario.environment.act("operator/start");
    await eventually(async () => {
      expect(await scenario.list("apps/v1", "ControllerRevision")).toEqual([]);
    });
  });
});

describe("objects that were stored while nobody checked them", () => {
  it("say what is wrong with them, break nothing, and can be deleted", async () => {
    await insertRows(1);
    await scenario.hub();
    await scenario.form("good", { configMaps: form.configMaps });
    await scenario.ready("row-00-good");
    await scenario.environment.act("operator/stop");
    const cycle = ["a", "b"].map((id, index) => ({
      id,
      nameTemplate: `{{ .uid }}-${id}`,
      dependIds: [index === 0 ? "b" : "a"],
      spec: configMap({ key: "{{ .uid | nothing }}" }),
    }));
    await scenario.form("broken", { configMaps: cycle });
    await scenario.hub({ name: "broken-hub", extra: { uid: "active" } });
    await scenario.environment.act("operator/start");
    await eventually(async () => {
      const { status } = await scenario.formObject("broken");
      const valid = findCondition(status?.conditions, "Valid");
      expect(valid).toMatchObject({ status: "False", reason: "ValidationFailed" });
      expect(valid?.message).toContain("dependencies form a cycle: a → b → a");
      expect(valid?.message).toContain('unknown function "nothing"');
    });
    const { uid } = (await scenario.node("row-00-good")).metadata;
    await scenario.sql("INSERT INTO nodes (id) VALUES ('newcomer')");
    await scenario.ready("newcomer-good");
    for (const kind of ["lynqform/broken", "lynqhub/broken-hub"])
      expect(await scenario.kubectl(["delete", kind, "--timeout=180s"])).toMatchObject({ code: 0 });
    expect((await scenario.node("row-00-good")).metadata.uid).toBe(uid);
  });
});
