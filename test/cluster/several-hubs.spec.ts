import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("hubs");
  for (const table of ["customers", "partners"])
    await scenario.sql(
      `CREATE TABLE ${table} (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE, plan VARCHAR(20))`,
    );
  await scenario.sql("INSERT INTO customers (id, plan) VALUES ('acme', 'gold'), ('beta', 'gold')");
  await scenario.sql("INSERT INTO partners (id, plan) VALUES ('acme', 'iron')");
});

afterEach(() => scenario.close());

/** A ConfigMap `<prefix>-<uid>` with the row's plan. */
const settings = (prefix: string) => ({
  configMaps: [{ id: "settings", nameTemplate: `${prefix}-{{ .uid }}`, spec: configMap({ plan: "{{ .plan }}" }) }],
});

const hub = (name: string, table: string) => scenario.hub({ name, table, extra: { plan: "plan" } });

const nodeNames = async () => (await scenario.nodes()).map(({ metadata }) => metadata.name).sort();

const uids = async () =>
  new Map(
    [...(await scenario.nodes()), ...(await scenario.list("v1", "ConfigMap", "lynq.sh/node"))].map(object => [
      `${object.kind}/${object.metadata.name ?? ""}`,
      object.metadata.uid,
    ]),
  );

describe("two hubs in one namespace", () => {
  beforeEach(async () => {
    await hub("customers", "customers");
    await hub("partners", "partners");
    await scenario.form("web", settings("c"), "customers");
    await scenario.form("portal", settings("p"), "partners");
    for (const name of ["acme-web", "beta-web", "acme-portal"]) await scenario.ready(name);
  });

  it("serve rows of the same uid side by side", async () => {
    expect(await nodeNames()).toEqual(["acme-portal", "acme-web", "beta-web"]);
    expect((await scenario.get("v1", "ConfigMap", "c-acme"))["data"]).toEqual({ plan: "gold" });
    expect((await scenario.get("v1", "ConfigMap", "p-acme"))["data"]).toEqual({ plan: "iron" });
    await eventually(async () => {
      expect((await scenario.hubObject("customers")).status).toMatchObject({
        referencingTemplates: 1,
        desired: 2,
        ready: 2,
      });
      expect((await scenario.hubObject("partners")).status).toMatchObject({
        referencingTemplates: 1,
        desired: 1,
        ready: 1,
      });
    });
  });

  it("do not touch each other's nodes when rows go", async () => {
    const before = await uids();
    await scenario.sql("DELETE FROM customers WHERE id = 'acme'");
    await scenario.gone("v1", "ConfigMap", "c-acme");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-web");
    await scenario.afterSyncs();
    const gone = ["LynqNode/acme-web", "ConfigMap/c-acme"];
    expect(await uids()).toEqual(new Map([...before].filter(([key]) => !gone.includes(key))));
  });

  it("do not touch each other's nodes when one of them cannot read", async () => {
    const before = await uids();
    await scenario.sql("RENAME TABLE partners TO elsewhere");
    await eventually(async () => {
      const { status } = await scenario.hubObject("partners");
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "False" });
    });
    await scenario.sql("INSERT INTO customers (id, plan) VALUES ('newcomer', 'gold')");
    await scenario.ready("newcomer-web");
    const after = await uids();
    expect(new Map([...before.keys()].map(key => [key, after.get(key)]))).toEqual(before);
    const { status } = await scenario.hubObject("customers");
    expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True" });
  });

  it("do not touch each other's nodes when one of them is deleted", async () => {
    const before = await uids();
    expect(await scenario.kubectl(["delete", "lynqhub", "customers", "--timeout=180s"])).toMatchObject({ code: 0 });
    await scenario.gone("v1", "ConfigMap", "c-acme");
    await scenario.gone("v1", "ConfigMap", "c-beta");
    const mine = ["LynqNode/acme-portal", "ConfigMap/p-acme"];
    expect(await uids()).toEqual(new Map([...before].filter(([key]) => mine.includes(key))));
  });

  it("may not write one object: the second is told whose it is", async () => {
    const uid = (await scenario.get("v1", "ConfigMap", "c-acme")).metadata.uid;
    await scenario.form("thief", settings("c"), "partners");
    const message = await eventually(async () => {
      const node = await scenario.node("acme-thief");
      const conflicted = findCondition(node.status?.conditions, "Conflicted");
      expect(conflicted).toMatchObject({ status: "True", reason: "ResourceConflict" });
      return conflicted?.message;
    });
    expect(message).toContain(`LynqNode ${scenario.namespace}/acme-web already manages this object`);
    await scenario.afterSyncs();
    expect(await scenario.get("v1", "ConfigMap", "c-acme")).toMatchObject({
      metadata: { uid },
      data: { plan: "gold" },
    });

    // Its end takes nothing away from the owner.
    await scenario.kubectl(["delete", "lynqform", "thief", "--timeout=180s"]);
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-thief");
    expect((await scenario.get("v1", "ConfigMap", "c-acme")).metadata.uid).toBe(uid);
  });
});

describe("two forms on one hub", () => {
  beforeEach(async () => {
    await hub("customers", "customers");
    await scenario.form("web", settings("w"), "customers");
    await scenario.form("extra", settings("e"), "customers");
    for (const name of ["acme-web", "beta-web", "acme-extra", "beta-extra"]) await scenario.ready(name);
  });

  it("make one node each of every row", async () => {
    expect(await nodeNames()).toEqual(["acme-extra", "acme-web", "beta-extra", "beta-web"]);
    await eventually(async () => {
      expect((await scenario.hubObject("customers")).status).toMatchObject({
        referencingTemplates: 2,
        desired: 4,
        ready: 4,
      });
      for (const form of ["web", "extra"]) {
        const { status } = await scenario.formObject(form);
        expect(status).toMatchObject({ totalNodes: 2, readyNodes: 2 });
        expect(findCondition(status?.conditions, "Applied")).toMatchObject({ status: "True" });
      }
    });
  });

  it("lose both nodes of a row that goes", async () => {
    await scenario.sql("UPDATE customers SET active = false WHERE id = 'beta'");
    await eventually(async () => {
      expect(await nodeNames()).toEqual(["acme-extra", "acme-web"]);
    });
    await scenario.gone("v1", "ConfigMap", "w-beta");
    await scenario.gone("v1", "ConfigMap", "e-beta");
  });

  it("change alone", async () => {
    const before = await scenario.node("acme-web");
    await scenario.form("extra", settings("x"), "customers");
    await scenario.gone("v1", "ConfigMap", "e-acme");
    expect((await scenario.get("v1", "ConfigMap", "x-acme"))["data"]).toEqual({ plan: "gold" });
    const { metadata } = await scenario.node("acme-web");
    expect([metadata.uid, metadata.generation]).toEqual([before.metadata.uid, before.metadata.generation]);
  });

  it("whose names could be mixed up with uids get nodes of different names", async () => {
    await scenario.sql("INSERT INTO customers (id, plan) VALUES ('acme-super', 'gold')");
    await scenario.form("super-web", settings("s"), "customers");
    const names = await eventually(async () => {
      const nodes = await scenario.nodes();
      expect(nodes).toHaveLength(9);
      return nodes.map(({ metadata, spec }) => [spec.uid, spec.templateRef, metadata.name ?? ""] as const);
    });
    expect(new Set(names.map(([, , name]) => name)).size).toBe(9);
    for (const [, , name] of names) await scenario.ready(name);
    expect(names.filter(([uid, form]) => uid === "acme" && form === "super-web")).toHaveLength(1);
    expect(names.filter(([uid, form]) => uid === "acme-super" && form === "web")).toHaveLength(1);
  });
});
