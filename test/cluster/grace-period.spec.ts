import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type LynqNodeObject } from "../../crds";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

const form = (data: Record<string, string>) => ({
  configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}", spec: configMap(data) }],
});

let scenario: Scenario;

/** UIDs by name of every node and of every object that the form makes. */
async function everything(): Promise<Map<string, string | undefined>> {
  const objects = [...(await scenario.nodes()), ...(await scenario.list("v1", "ConfigMap", "lynq.sh/form=form"))];
  return new Map(objects.map(({ kind, metadata }) => [`${kind}/${metadata.name ?? ""}`, metadata.uid]));
}

function inactive(uid: string): Promise<LynqNodeObject> {
  return eventually(async () => {
    const node = await scenario.node(`${uid}-form`);
    expect(node.spec.inactiveSince).toBeDefined();
    expect(findCondition(node.status?.conditions, "Inactive")).toMatchObject({
      status: "True",
      reason: "RowNotActive",
    });
    return node;
  });
}

function active(uid: string): Promise<LynqNodeObject> {
  return eventually(async () => {
    const node = await scenario.ready(`${uid}-form`);
    expect(node.spec.inactiveSince).toBeUndefined();
    expect(findCondition(node.status?.conditions, "Inactive")).toBeUndefined();
    return node;
  });
}

async function setGracePeriod(period: string): Promise<void> {
  const patch = JSON.stringify({ spec: { deactivationGracePeriod: period } });
  expect(await scenario.kubectl(["patch", "lynqhub", "hub", "--type=merge", "-p", patch])).toMatchObject({ code: 0 });
}

const dataOf = async (name: string): Promise<unknown> => (await scenario.get("v1", "ConfigMap", name))["data"];

describe("with a grace period", () => {
  beforeAll(async () => {
    scenario = await Scenario.open("grace");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
    await scenario.sql("INSERT INTO nodes VALUES ('a', 1, 'basic'), ('b', 1, 'basic'), ('c', 1, 'basic')");
    await scenario.hub({ extra: { plan: "plan" }, spec: { deactivationGracePeriod: "1h" } });
    await scenario.form("form", form({ plan: "{{ .plan }}", version: "1" }));
    for (const uid of ["a", "b", "c"]) await scenario.ready(`${uid}-form`);
  });

  afterAll(() => scenario.close());

  it("a node whose row is turned off stays as it is, and says so; the hub says until when", async () => {
    const before = await everything();
    await scenario.sql("UPDATE nodes SET active = 0, plan = 'pro' WHERE id = 'a'");
    const { spec, status } = await inactive("a");
    expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True" });
    expect(findCondition(status?.conditions, "Inactive")?.message).toBe(
      "the row is not active any more (since spec.inactiveSince): the node runs and heals as it is, gets no change, and goes when " +
        "the hub's deactivationGracePeriod has passed, unless the row returns",
    );
    await eventually(async () => {
      const hub = await scenario.hubObject();
      const end = new Date(Date.parse(spec.inactiveSince ?? "") + 3_600_000).toISOString().replace(".000", "");
      expect(hub.status).toMatchObject({ desired: 2, ready: 2, inactive: { count: 1, nextDeletionTime: end } });
      expect(findCondition(hub.status?.conditions, "NodesInactive")).toMatchObject({
        status: "True",
        reason: "GracePeriod",
        message:
          "1 node outlives its row for the grace period (status.inactive says until when), and go on if the rows return",
      });
    });
    await scenario.afterSyncs();
    expect(await everything()).toEqual(before);
    expect((await scenario.node("a-form")).spec.inactiveSince).toBe(spec.inactiveSince);
    expect(await dataOf("a")).toEqual({ plan: "basic", version: "1" });
  });

  it("is healed meanwhile", async () => {
    const { uid } = (await scenario.get("v1", "ConfigMap", "a")).metadata;
    await scenario.kubectl(["delete", "configmap", "a"]);
    await eventually(async () => {
      expect((await scenario.get("v1", "ConfigMap", "a")).metadata.uid).not.toBe(uid);
    });
  });

  it("gets no change of its form, and does not hold up the form", async () => {
    await scenario.form("form", form({ plan: "{{ .plan }}", version: "2" }));
    await eventually(async () => {
      expect(await dataOf("b")).toEqual({ plan: "basic", version: "2" });
      expect(await dataOf("c")).toEqual({ plan: "basic", version: "2" });
      const { status } = await scenario.formObject("form");
      expect(status).toMatchObject({ totalNodes: 2, readyNodes: 2, inactiveNodes: 1 });
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True", reason: "AllNodesReady" });
    });
    await scenario.afterSyncs();
    expect(await dataOf("a")).toEqual({ plan: "basic", version: "1" });
  });

  it("goes on when the row returns: nothing is made anew, and what was missed is made up for", async () => {
    const before = await everything();
    await scenario.sql("UPDATE nodes SET active = 1 WHERE id = 'a'");
    await active("a");
    await eventually(async () => {
      expect(await dataOf("a")).toEqual({ plan: "pro", version: "2" });
      const { status } = await scenario.hubObject();
      expect(status).toMatchObject({ desired: 3, ready: 3 });
      expect(status?.inactive).toBeUndefined();
      expect(findCondition(status?.conditions, "NodesInactive")).toBeUndefined();
    });
    expect(await everything()).toEqual(before);
  });

  it("neither a table that cannot be read nor a quarantined row starts the clock", async () => {
    const clocks = async () => (await scenario.nodes()).map(({ spec }) => spec.inactiveSince);
    const none = [undefined, undefined, undefined];
    await scenario.sql("RENAME TABLE nodes TO elsewhere");
    await eventually(async () => {
      expect(findCondition((await scenario.hubObject()).status?.conditions, "Ready")).toMatchObject({
        status: "False",
      });
    });
    await scenario.afterSyncs();
    // A row that returns would stop a clock that had begun.
    expect(await clocks()).toEqual(none);
    await scenario.sql("INSERT INTO elsewhere VALUES ('b', 1, 'twice')");
    await scenario.sql("RENAME TABLE elsewhere TO nodes");
    await eventually(async () => {
      expect((await scenario.hubObject()).status?.rows?.quarantined).toBe(2);
    });
    await scenario.afterSyncs();
    expect(await clocks()).toEqual(none);
    await scenario.sql("DELETE FROM nodes WHERE plan = 'twice'");
  });

  it("a deleted row is waited for, too; when the period is over the node goes, and no other", async () => {
    const before = await everything();
    await scenario.sql("DELETE FROM nodes WHERE id = 'a'");
    await inactive("a");
    await scenario.afterSyncs();
    expect(await everything()).toEqual(before);
    await setGracePeriod("1s");
    await scenario.gone("v1", "ConfigMap", "a");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "a-form");
    before.delete("LynqNode/a-form");
    before.delete("ConfigMap/a");
    await scenario.afterSyncs();
    expect(await everything()).toEqual(before);
  });

  it("a form that is deleted takes its nodes along at once", async () => {
    await setGracePeriod("1h");
    await scenario.form("second", { configMaps: [{ ...form({}).configMaps[0], nameTemplate: "second-{{ .uid }}" }] });
    await scenario.ready("b-second");
    await scenario.kubectl(["delete", "lynqform", "second"]);
    await scenario.gone("v1", "ConfigMap", "second-b");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "b-second");
  });

  it("a table that is emptied is warned of at once, and held by the guard when its time has come", async () => {
    const rows = Array.from({ length: 10 }, (_, index) => `('row-${index}', 1, 'basic')`);
    await scenario.sql(`INSERT INTO nodes VALUES ${rows.join()}`);
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ desired: 12, ready: 12 });
    });
    const before = await everything();
    await scenario.sql("TRUNCATE TABLE nodes");
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(status).toMatchObject({ desired: 0, inactive: { count: 12 } });
      expect(findCondition(status?.conditions, "NodesInactive")).toMatchObject({
        status: "True",
        reason: "GuardWillHold",
        message:
          "12 nodes outlive their rows for the grace period (status.inactive says until when), and go on if the rows return; " +
          "they are more than the deletion guard lets go, so it will hold them back when their time has come",
      });
      expect(findCondition(status?.conditions, "DeletionHeld")).toMatchObject({ status: "False" });
      expect(await scenario.events("hub", "NodesInactive")).toMatchObject([{ type: "Warning", count: 1 }]);
    });

    await setGracePeriod("1s");
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(status?.deletionHeld).toMatchObject({ count: 12, total: 12 });
      expect(status?.inactive).toBeUndefined();
    });
    await scenario.afterSyncs();
    expect(await everything()).toEqual(before);

    await scenario.sql(`INSERT INTO nodes VALUES ('b', 1, 'basic'), ('c', 1, 'basic'), ${rows.join()}`);
    await eventually(async () => {
      expect((await scenario.hubObject()).status?.deletionHeld).toBeUndefined();
      expect((await scenario.nodes()).flatMap(({ spec }) => spec.inactiveSince ?? [])).toEqual([]);
    });
    expect(await everything()).toEqual(before);
  });
});
