import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type Condition } from "../../crds";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

const form = (version: string, prefix = "") => ({
  configMaps: [
    { id: "settings", nameTemplate: `${prefix}{{ .uid }}`, spec: configMap({ plan: "{{ .plan }}", version }) },
  ],
});

const dataOf = async (name: string): Promise<unknown> => (await scenario.find("v1", "ConfigMap", name))?.["data"];
const nodeNames = async (): Promise<string[]> =>
  (await scenario.nodes()).map(({ metadata }) => metadata.name ?? "").sort();

/** Sets spec.suspend, as a user does. */
async function suspend(resource: string, value: boolean): Promise<void> {
  const patch = JSON.stringify({ spec: { suspend: value } });
  expect(await scenario.kubectl(["patch", resource, "--type=merge", "-p", patch])).toMatchObject({
    code: 0,
    stderr: "",
  });
}

/** Waits until the object says so, or no longer says so. */
function suspended(read: () => Promise<{ status?: { conditions?: Condition[] } }>, reason?: string): Promise<void> {
  return eventually(async () => {
    const { conditions } = (await read()).status ?? {};
    expect(findCondition(conditions, "Suspended")?.reason).toBe(reason);
    if (reason !== undefined) {
      expect([findCondition(conditions, "Reconciling"), findCondition(conditions, "Stalled")]).toEqual([
        undefined,
        undefined,
      ]);
    }
  });
}

/** A hub of its own keeps reading, so that the others are known to have had their time, and its node heals at once. */
beforeAll(async () => {
  scenario = await Scenario.open("suspend");
  await scenario.sql("CREATE TABLE clock (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
  await scenario.sql("INSERT INTO clock VALUES ('tick', 1, '')");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20), frozen BOOLEAN)");
  await scenario.hub({ name: "clock", table: "clock", extra: { plan: "plan" } });
  await scenario.form("clock", form("1", "clock-"), "clock");
  const hub = scenario.hubManifest({ extra: { plan: "plan" } });
  const { valueMappings, ...spec } = hub["spec"] as { valueMappings: object };
  await scenario.apply({ ...hub, spec: { ...spec, valueMappings: { ...valueMappings, suspend: "frozen" } } });
  await scenario.form("form", form("1"));
});

afterAll(() => scenario.close());

/** Three rows with their nodes, as if nothing had happened. */
beforeEach(async () => {
  await scenario.transaction(
    "DELETE FROM nodes",
    "INSERT INTO nodes VALUES ('a', 1, 'basic', 0), ('b', 1, 'basic', 0), ('c', 1, 'basic', 0)",
  );
  await scenario.form("form", form("1"));
  await eventually(async () => {
    expect(await nodeNames()).toEqual(["a-form", "b-form", "c-form", "tick-clock"]);
    for (const uid of ["a", "b", "c"]) {
      expect(await dataOf(uid)).toEqual({ plan: "basic", version: "1" });
      await scenario.ready(`${uid}-form`);
    }
  });
});

/** An object that nobody froze comes back at once: by then a frozen one would have, too. */
async function healsElsewhere(): Promise<void> {
  await scenario.kubectl(["delete", "configmap", "clock-tick"]);
  await eventually(async () => {
    expect(await dataOf("clock-tick")).toBeDefined();
  });
  await scenario.afterSyncs();
}

describe("a suspended hub", () => {
  it("makes, changes and deletes nothing for its rows, while its nodes heal; resumed, it makes up for all", async () => {
    await suspend("lynqhub/hub", true);
    await suspended(() => scenario.hubObject(), "HubSuspended");
    expect(findCondition((await scenario.hubObject()).status?.conditions, "Ready")).toMatchObject({ status: "True" });
    await scenario.sql("DELETE FROM nodes WHERE id = 'a'");
    await scenario.sql("UPDATE nodes SET plan = 'pro' WHERE id = 'b'");
    await scenario.sql("INSERT INTO nodes VALUES ('d', 1, 'basic', 0)");
    await scenario.kubectl(["delete", "configmap", "c"]);
    await eventually(async () => {
      expect(await dataOf("c")).toEqual({ plan: "basic", version: "1" });
    });
    await scenario.form("form", form("2"));
    await healsElsewhere();
    expect(await nodeNames()).toEqual(["a-form", "b-form", "c-form", "tick-clock"]);
    expect([await dataOf("a"), await dataOf("b")]).toEqual([
      { plan: "basic", version: "1" },
      { plan: "basic", version: "1" },
    ]);

    await suspend("lynqhub/hub", false);
    await suspended(() => scenario.hubObject());
    await eventually(async () => {
      expect(await nodeNames()).toEqual(["b-form", "c-form", "d-form", "tick-clock"]);
      expect(await dataOf("b")).toEqual({ plan: "pro", version: "2" });
    });
  });

  it("can be deleted, and takes its nodes along", async () => {
    await scenario.hub({ name: "going", extra: { plan: "plan" } });
    await scenario.form("going", form("1", "going-"), "going");
    await scenario.ready("a-going");
    await suspend("lynqhub/going", true);
    await suspended(() => scenario.hubObject("going"), "HubSuspended");
    await scenario.kubectl(["delete", "lynqhub", "going", "--wait=false"]);
    await scenario.gone("operator.lynq.sh/v1", "LynqHub", "going");
    await scenario.gone("v1", "ConfigMap", "going-a");
    await scenario.kubectl(["delete", "lynqform", "going"]);
  });
});

describe("a suspended form", () => {
  it("leaves its nodes as they are, whatever happens; a node that is deleted by hand goes, and all is made up for when it is resumed", async () => {
    await suspend("lynqform/form", true);
    await suspended(() => scenario.formObject("form"), "FormSuspended");
    for (const uid of ["a", "b", "c"]) await suspended(() => scenario.node(`${uid}-form`), "FormSuspended");
    await scenario.form("form", { ...form("2"), suspend: true });
    await scenario.sql("DELETE FROM nodes WHERE id = 'a'");
    await scenario.sql("UPDATE nodes SET plan = 'pro' WHERE id = 'b'");
    await scenario.sql("INSERT INTO nodes VALUES ('d', 1, 'basic', 0)");
    await scenario.kubectl(["delete", "configmap", "b"]);
    await healsElsewhere();
    expect(await nodeNames()).toEqual(["a-form", "b-form", "c-form", "tick-clock"]);
    expect([await dataOf("a"), await dataOf("b")]).toEqual([{ plan: "basic", version: "1" }, undefined]);
    await eventually(async () => {
      const { status } = await scenario.node("b-form");
      expect(status).toMatchObject({ readyResources: 0, failedResources: 0 });
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({
        status: "False",
        message: `0 of 1 resources are ready; ConfigMap ${scenario.namespace}/b: is not there; it is made when the node is resumed`,
      });
      expect(findCondition(status?.conditions, "Suspended")?.message).toBe(
        "suspended by spec.suspend of form form; nothing is written, healed or removed until it is false",
      );
    });

    await scenario.kubectl(["delete", "lynqnode", "c-form"]);
    await scenario.gone("v1", "ConfigMap", "c");
    await scenario.afterSyncs();
    expect(await nodeNames()).toEqual(["a-form", "b-form", "tick-clock"]);

    await suspend("lynqform/form", false);
    await suspended(() => scenario.formObject("form"));
    await eventually(async () => {
      expect(await nodeNames()).toEqual(["b-form", "c-form", "d-form", "tick-clock"]);
      expect(await dataOf("b")).toEqual({ plan: "pro", version: "2" });
    });
    await suspended(() => scenario.node("b-form"));
  });
});

describe("a suspended node", () => {
  const annotate = async (value: string) => {
    const { code } = await scenario.kubectl([
      "annotate",
      "--overwrite",
      "lynqnode",
      "a-form",
      `lynq.sh/suspend${value}`,
    ]);
    expect(code).toBe(0);
  };

  it("gets no change, is not healed, outlives its row, and does not hold up its form; resumed, it goes its way", async () => {
    await annotate("=true");
    await suspended(() => scenario.node("a-form"), "NodeSuspended");
    expect(findCondition((await scenario.node("a-form")).status?.conditions, "Suspended")?.message).toBe(
      "suspended by the annotation lynq.sh/suspend; nothing is written, healed or removed until it is taken away",
    );
    await scenario.sql("UPDATE nodes SET plan = 'pro'");
    await scenario.form("form", form("2"));
    await eventually(async () => {
      expect(await dataOf("b")).toEqual({ plan: "pro", version: "2" });
      const { status } = await scenario.formObject("form");
      expect(status).toMatchObject({ totalNodes: 2, readyNodes: 2, suspendedNodes: 1 });
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True" });
      expect((await scenario.hubObject()).status).toMatchObject({ suspended: 1 });
    });
    await scenario.sql("DELETE FROM nodes WHERE id IN ('a', 'b')");
    await scenario.gone("v1", "ConfigMap", "b");
    expect(await dataOf("a")).toEqual({ plan: "basic", version: "1" });
    await scenario.kubectl(["delete", "configmap", "a"]);
    await healsElsewhere();
    expect(await dataOf("a")).toBeUndefined();

    await scenario.sql("INSERT INTO nodes VALUES ('a', 1, 'pro', 0)");
    await annotate("-");
    await suspended(() => scenario.node("a-form"));
    await eventually(async () => {
      expect(await dataOf("a")).toEqual({ plan: "pro", version: "2" });
    });
  });

  it("goes when it is resumed and its row is gone, and goes when it is deleted itself", async () => {
    await annotate("=true");
    await suspended(() => scenario.node("a-form"), "NodeSuspended");
    await scenario.sql("DELETE FROM nodes WHERE id = 'a'");
    await scenario.afterSyncs();
    expect(await dataOf("a")).toBeDefined();
    await annotate("-");
    await scenario.gone("v1", "ConfigMap", "a");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "a-form");

    await scenario.sql("INSERT INTO nodes VALUES ('a', 1, 'basic', 0)");
    await scenario.ready("a-form");
    await annotate("=true");
    await suspended(() => scenario.node("a-form"), "NodeSuspended");
    const { uid } = (await scenario.node("a-form")).metadata;
    await scenario.kubectl(["delete", "lynqnode", "a-form"]);
    await eventually(async () => {
      expect((await scenario.node("a-form")).metadata.uid).not.toBe(uid);
    });
  });
});

describe("a node that is suspended while an object of it waits to be replaced", () => {
  const moving = (name: string) => ({
    configMaps: [
      {
        id: "moving",
        nameTemplate: `{{ .uid }}-${name}`,
        readyWhen: '{{ eq (index .metadata.annotations "example.com/up") "yes" }}',
        spec: configMap(),
      },
    ],
  });
  const up = (name: string) => scenario.kubectl(["annotate", "configmap", name, "example.com/up=yes", "--overwrite"]);
  const pruning = async () => findCondition((await scenario.node("a-moving")).status?.conditions, "Pruning");

  it("keeps the old one, though the new one is ready; the old one goes when the node is resumed", async () => {
    await scenario.form("moving", moving("old"));
    await eventually(async () => {
      expect(await dataOf("a-old")).toBeDefined();
    });
    await up("a-old");
    await scenario.ready("a-moving");
    await scenario.form("moving", moving("new"));
    await eventually(async () => {
      expect(await pruning()).toMatchObject({ reason: "Kept" });
      expect(await dataOf("a-new")).toBeDefined();
    });
    await scenario.kubectl(["annotate", "lynqnode", "a-moving", "lynq.sh/suspend=true"]);
    await suspended(() => scenario.node("a-moving"), "NodeSuspended");
    await up("a-new");
    await eventually(async () => {
      expect((await scenario.node("a-moving")).status).toMatchObject({ readyResources: 1, desiredResources: 1 });
    });
    await healsElsewhere();
    expect(await dataOf("a-old")).toBeDefined();
    await scenario.kubectl(["annotate", "lynqnode", "a-moving", "lynq.sh/suspend-"]);
    await scenario.gone("v1", "ConfigMap", "a-old");
    expect(await dataOf("a-new")).toBeDefined();
    await scenario.kubectl(["delete", "lynqform", "moving"]);
    await eventually(async () => {
      expect(await nodeNames()).toEqual(["a-form", "b-form", "c-form", "tick-clock"]);
    });
  });
});

describe("a row that suspends its nodes", () => {
  it("freezes them, also when it is turned off; it goes on when the column is off again", async () => {
    await scenario.sql("UPDATE nodes SET frozen = 1 WHERE id = 'a'");
    await suspended(() => scenario.node("a-form"), "RowSuspended");
    expect((await scenario.node("a-form")).spec.suspended).toBe(true);
    await scenario.sql("UPDATE nodes SET plan = 'pro', active = 0 WHERE id = 'a'");
    await scenario.kubectl(["delete", "configmap", "a"]);
    await healsElsewhere();
    expect(await dataOf("a")).toBeUndefined();
    expect(await nodeNames()).toEqual(["a-form", "b-form", "c-form", "tick-clock"]);
    await scenario.sql("UPDATE nodes SET frozen = 0, active = 1 WHERE id = 'a'");
    await suspended(() => scenario.node("a-form"));
    await eventually(async () => {
      expect(await dataOf("a")).toEqual({ plan: "pro", version: "1" });
    });
  });

  it("that is new gets a node that makes nothing yet; that is deleted suspends nothing any more", async () => {
    await scenario.sql("INSERT INTO nodes VALUES ('d', 1, 'basic', 1)");
    await suspended(() => scenario.node("d-form"), "RowSuspended");
    await healsElsewhere();
    expect(await dataOf("d")).toBeUndefined();
    await scenario.sql("DELETE FROM nodes WHERE id = 'd'");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "d-form");
  });
});
