import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { findCondition } from "../../lib/status";
import { configMap, deployment, persistentVolumeClaim } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("hub");
});

afterEach(() => scenario.close());

/** One ConfigMap a row, with the row's plan. */
const settings = {
  configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}", spec: configMap({ plan: "{{ .plan }}" }) }],
};

/** A Deployment and a ConfigMap that go with the row, and a claim that stays. */
const withClaim = {
  deployments: [{ id: "app", nameTemplate: "{{ .uid }}-app", dependIds: ["data"], spec: deployment() }],
  persistentVolumeClaims: [
    { id: "data", nameTemplate: "{{ .uid }}-data", deletionPolicy: "Retain", spec: persistentVolumeClaim() },
  ],
};

async function nodesTable(...uids: string[]): Promise<void> {
  await scenario.sql(
    "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE, plan VARCHAR(20) DEFAULT 'basic')",
  );
  await insert(...uids);
}

async function insert(...uids: string[]): Promise<void> {
  for (const uid of uids) await scenario.sql("INSERT INTO nodes (id) VALUES (?)", [uid]);
}

const planOf = async (name: string) => (await scenario.get("v1", "ConfigMap", name))["data"];

const identity = ({ metadata }: KubernetesObject) => [metadata.uid, metadata.resourceVersion];

const nodeNames = async () => (await scenario.nodes()).map(({ metadata }) => metadata.name).sort();

/** Waits until the object is orphaned: no label of ours but the mark, no owner, and where it came from. */
async function orphaned(kind: string, name: string, node: string, namespace = scenario.namespace): Promise<void> {
  await eventually(async () => {
    const { metadata } = await scenario.get("v1", kind, name, namespace);
    const ours = Object.entries(metadata.labels ?? {}).filter(([key]) => key.startsWith("lynq.sh/"));
    expect(ours).toEqual([["lynq.sh/orphaned", "true"]]);
    expect(metadata.annotations).toMatchObject({
      "lynq.sh/orphaned-from": `${scenario.namespace}/${node}`,
      "lynq.sh/orphaned-reason": "LynqNodeDeleted",
      "lynq.sh/orphaned-at": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(metadata.ownerReferences ?? []).toEqual([]);
    expect(metadata.deletionTimestamp).toBeUndefined();
  });
}

describe("names in the database", () => {
  it("of table and columns may have spaces, quotes and backticks", async () => {
    await scenario.sql(
      'CREATE TABLE `our ``best`` "customers"` (`the id` VARCHAR(20), `is ``on``` BOOLEAN, `plan; DROP TABLE x --` VARCHAR(20))',
    );
    await scenario.sql("INSERT INTO `our ``best`` \"customers\"` VALUES ('acme', 1, 'gold'), ('off', 0, 'gold')");
    await scenario.hub({
      table: 'our `best` "customers"',
      uid: "the id",
      activate: "is `on`",
      extra: { plan: "plan; DROP TABLE x --" },
    });
    await scenario.form("form", settings);
    await scenario.ready("acme-form");
    expect(await planOf("acme")).toEqual({ plan: "gold" });
    expect(await nodeNames()).toEqual(["acme-form"]);
  });

  it("may name the table's database", async () => {
    await nodesTable("acme");
    const { host, port } = scenario.environment.details.database;
    const passwordRef = { name: "mysql-secret", key: "password" };
    const mysql = { host, port, username: scenario.database.user, passwordRef, database: "information_schema" };
    await scenario.hub({
      extra: { plan: "plan" },
      spec: { source: { type: "mysql", mysql: { ...mysql, table: `${scenario.database.name}.nodes` } } },
    });
    await scenario.form("form", settings);
    await scenario.ready("acme-form");
  });

  it("may be those of a view", async () => {
    await nodesTable("acme", "beta");
    await scenario.sql(
      "CREATE VIEW seen AS SELECT CONCAT(id, '-v') AS k, id <> 'beta' AS live, UPPER(plan) AS p FROM nodes",
    );
    await scenario.hub({ table: "seen", uid: "k", activate: "live", extra: { plan: "p" } });
    await scenario.form("form", settings);
    await scenario.ready("acme-v-form");
    expect(await planOf("acme-v")).toEqual({ plan: "BASIC" });
    expect(await nodeNames()).toEqual(["acme-v-form"]);
  });
});

describe("a change of the table under a running hub", () => {
  beforeEach(async () => {
    await nodesTable("acme", "beta");
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("form", settings);
    await scenario.ready("acme-form");
    await scenario.ready("beta-form");
    // What the hub knows by now is what it goes on telling while it cannot read.
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ desired: 2, ready: 2, rows: { seen: 2, active: 2 } });
    });
  });

  /** Waits until the hub says why it cannot read. */
  const unreadable = (message: string) =>
    eventually(async () => {
      const { status } = await scenario.hubObject();
      for (const type of ["Ready", "Stalled"]) {
        expect(findCondition(status?.conditions, type)).toMatchObject({
          status: type === "Ready" ? "False" : "True",
          reason: "DatabaseConnectionFailed",
          message: expect.stringContaining(message),
        });
      }
      expect(status).toMatchObject({ desired: 2, ready: 2, rows: { seen: 2, active: 2 } });
    });

  it.each([
    ["a mapped column", "plan", "VARCHAR(20) DEFAULT 'basic'"],
    ["the column with the uid", "id", "VARCHAR(63)"],
    ["the column that activates", "active", "BOOLEAN DEFAULT TRUE"],
  ])("renaming %s deletes nothing, is told by name, and is healed by renaming it back", async (_what, column, type) => {
    const before = [await scenario.get("v1", "ConfigMap", "acme"), await scenario.node("acme-form")].map(identity);
    await scenario.sql(`ALTER TABLE nodes CHANGE \`${column}\` renamed ${type}`);
    await unreadable(
      `lacks a mapped column (Unknown column '${column}' in 'SELECT'). Correct the mapping or the table.`,
    );
    await eventually(async () => {
      expect(await scenario.events("hub", "DatabaseQueryFailed")).toEqual([
        expect.objectContaining({ type: "Warning", message: expect.stringContaining(`Unknown column '${column}'`) }),
      ]);
    });
    await scenario.afterSyncs();
    const after = [await scenario.get("v1", "ConfigMap", "acme"), await scenario.node("acme-form")].map(identity);
    expect(after).toEqual(before);

    await scenario.sql(`ALTER TABLE nodes CHANGE renamed \`${column}\` ${type}`);
    await insert("newcomer");
    await scenario.ready("newcomer-form");
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True", reason: "DatabaseConnected" });
      expect(findCondition(status?.conditions, "Stalled")).toBeUndefined();
    });
    expect(identity(await scenario.get("v1", "ConfigMap", "acme"))).toEqual(before[0]);
  });

  it("dropping the table deletes nothing", async () => {
    const before = identity(await scenario.get("v1", "ConfigMap", "acme"));
    await scenario.sql("DROP TABLE nodes");
    await unreadable('has no table or view "nodes"');
    await scenario.afterSyncs();
    expect(identity(await scenario.get("v1", "ConfigMap", "acme"))).toEqual(before);
    expect(await nodeNames()).toEqual(["acme-form", "beta-form"]);
  });

  it("taking away the user's rights deletes nothing", async () => {
    const { name, user } = scenario.database;
    const before = identity(await scenario.get("v1", "ConfigMap", "acme"));
    await scenario.sql(`REVOKE ALL PRIVILEGES ON \`${name}\`.* FROM '${user}'@'127.0.0.1'`);
    // Connections keep the rights on the database that they were opened with.
    await scenario.sql(`KILL USER '${user}'@'127.0.0.1'`);
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "False" });
    });
    await scenario.afterSyncs();
    expect(identity(await scenario.get("v1", "ConfigMap", "acme"))).toEqual(before);
    await scenario.sql(`GRANT ALL PRIVILEGES ON \`${name}\`.* TO '${user}'@'127.0.0.1'`);
    await insert("newcomer");
    await scenario.ready("newcomer-form");
  });
});

describe("a change of the hub's mappings", () => {
  beforeEach(async () => {
    await scenario.sql(
      "CREATE TABLE nodes (id VARCHAR(20), code VARCHAR(20), active BOOLEAN, live BOOLEAN, plan VARCHAR(20), tier VARCHAR(20))",
    );
    await scenario.sql(
      "INSERT INTO nodes VALUES ('acme', 'x1', 1, 1, 'basic', 'gold'), ('beta', 'x2', 1, 0, 'basic', 'iron')",
    );
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("form", settings);
    await scenario.ready("acme-form");
    await scenario.ready("beta-form");
  });

  it("to another column of a variable reaches every node in place", async () => {
    const { uid } = (await scenario.get("v1", "ConfigMap", "acme")).metadata;
    await scenario.hub({ extra: { plan: "tier" } });
    await eventually(async () => {
      expect([await planOf("acme"), await planOf("beta")]).toEqual([{ plan: "gold" }, { plan: "iron" }]);
    });
    expect((await scenario.get("v1", "ConfigMap", "acme")).metadata.uid).toBe(uid);
  });

  it("to another activating column removes exactly the rows that it calls inactive", async () => {
    const { uid } = (await scenario.get("v1", "ConfigMap", "acme")).metadata;
    await scenario.hub({ activate: "live", extra: { plan: "plan" } });
    await scenario.gone("v1", "ConfigMap", "beta");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "beta-form");
    expect((await scenario.get("v1", "ConfigMap", "acme")).metadata.uid).toBe(uid);
  });

  it("to another uid makes other nodes of the rows", async () => {
    await scenario.hub({ uid: "code", extra: { plan: "plan" } });
    await scenario.ready("x1-form");
    await scenario.gone("v1", "ConfigMap", "acme");
    await eventually(async () => {
      expect(await nodeNames()).toEqual(["x1-form", "x2-form"]);
    });
  });

  it("to another table is a change of the rows", async () => {
    await scenario.sql("CREATE TABLE others SELECT * FROM nodes WHERE id = 'acme'");
    await scenario.sql("INSERT INTO others VALUES ('newcomer', 'x3', 1, 1, 'pro', 'gold')");
    const { uid } = (await scenario.get("v1", "ConfigMap", "acme")).metadata;
    await scenario.hub({ table: "others", extra: { plan: "plan" } });
    await scenario.ready("newcomer-form");
    await scenario.gone("v1", "ConfigMap", "beta");
    expect((await scenario.get("v1", "ConfigMap", "acme")).metadata.uid).toBe(uid);
  });
});

describe("a hub without forms", () => {
  it("reads its table, makes nothing, and is ready for the first form", async () => {
    await nodesTable("acme");
    await scenario.hub({ extra: { plan: "plan" } });
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(status).toMatchObject({
        referencingTemplates: 0,
        desired: 0,
        ready: 0,
        failed: 0,
        rows: { seen: 1, active: 1, quarantined: 0 },
      });
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({
        status: "True",
        reason: "DatabaseConnected",
        message: "the table was read: 1 of 1 rows are active",
      });
    });
    await scenario.afterSyncs();
    expect(await nodeNames()).toEqual([]);
    await scenario.form("form", settings);
    await scenario.ready("acme-form");
  });
});

describe("a LynqNode that somebody deletes", () => {
  it("comes back at once, and what it retains is the same object as before", async () => {
    await nodesTable("acme");
    await scenario.hub({ spec: { syncInterval: "1h" } });
    await scenario.form("form", withClaim);
    const node = await scenario.ready("acme-form");
    const claim = await scenario.get("v1", "PersistentVolumeClaim", "acme-data");
    const app = await scenario.get("apps/v1", "Deployment", "acme-app");

    expect(await scenario.kubectl(["delete", "lynqnode", "acme-form", "--timeout=180s"])).toMatchObject({ code: 0 });
    const again = await eventually(async () => {
      const found = await scenario.ready("acme-form");
      expect(found.metadata.uid).not.toBe(node.metadata.uid);
      return found;
    });
    expect(again.status?.appliedResources).toEqual(node.status?.appliedResources);
    const { metadata } = await scenario.get("v1", "PersistentVolumeClaim", "acme-data");
    expect(metadata.uid).toBe(claim.metadata.uid);
    expect(metadata.labels).toMatchObject({ "lynq.sh/node": "acme-form" });
    expect(metadata.labels).not.toHaveProperty("lynq.sh/orphaned");
    expect(Object.keys(metadata.annotations ?? {}).filter(key => key.startsWith("lynq.sh/orphaned"))).toEqual([]);
    expect((await scenario.get("apps/v1", "Deployment", "acme-app")).metadata.uid).not.toBe(app.metadata.uid);
  });
});

describe("a form that is deleted", () => {
  it("takes its nodes along and leaves those of other forms alone", async () => {
    await nodesTable("acme", "beta");
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("form", settings);
    await scenario.form("storage", withClaim);
    for (const name of ["acme-form", "beta-form", "acme-storage", "beta-storage"]) await scenario.ready(name);
    const before = [await scenario.node("acme-form"), await scenario.get("v1", "ConfigMap", "acme")].map(
      ({ metadata }) => metadata.uid,
    );
    expect(await scenario.kubectl(["delete", "lynqform", "storage", "--timeout=180s"])).toMatchObject({ code: 0 });
    await eventually(async () => {
      expect(await nodeNames()).toEqual(["acme-form", "beta-form"]);
    });
    await scenario.gone("apps/v1", "Deployment", "acme-app");
    await orphaned("PersistentVolumeClaim", "acme-data", "acme-storage");
    const after = [await scenario.node("acme-form"), await scenario.get("v1", "ConfigMap", "acme")].map(
      ({ metadata }) => metadata.uid,
    );
    expect(after).toEqual(before);
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ referencingTemplates: 1, desired: 2, ready: 2 });
    });
    await eventually(async () => {
      expect(await scenario.list("apps/v1", "ControllerRevision", "lynq.sh/form=storage")).toEqual([]);
    });
  });
});

describe("a hub that is deleted", () => {
  it("takes its nodes and all that they made along, and is gone only then", async () => {
    await nodesTable("acme", "beta");
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("form", settings);
    await scenario.ready("acme-form");
    await scenario.ready("beta-form");
    expect((await scenario.hubObject()).metadata.finalizers).toEqual(["lynq.sh/hub-finalizer"]);
    expect(await scenario.kubectl(["delete", "lynqhub", "hub", "--timeout=180s"])).toMatchObject({ code: 0 });
    expect(await nodeNames()).toEqual([]);
    expect(await scenario.list("v1", "ConfigMap", "lynq.sh/form=form")).toEqual([]);
    // The form is the user's own; it waits for another hub of that name.
    await scenario.formObject("form");
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.ready("acme-form");
  });

  it("is never held back by the deletion guard: it was a human's wish", async () => {
    await nodesTable(...Array.from({ length: 12 }, (_, index) => `row-${index}`));
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("form", settings);
    await eventually(async () => {
      expect((await scenario.hubObject()).status?.ready).toBe(12);
    });
    expect(await scenario.kubectl(["delete", "lynqhub", "hub", "--timeout=180s"])).toMatchObject({ code: 0 });
    expect(await nodeNames()).toEqual([]);
  });

  it("leaves behind what is retained, marked as orphaned, and takes it up when it comes back", async () => {
    await nodesTable("acme");
    await scenario.hub();
    await scenario.form("form", withClaim);
    await scenario.ready("acme-form");
    const { uid } = (await scenario.get("v1", "PersistentVolumeClaim", "acme-data")).metadata;
    expect(await scenario.kubectl(["delete", "lynqhub", "hub", "--timeout=180s"])).toMatchObject({ code: 0 });
    await scenario.gone("apps/v1", "Deployment", "acme-app");
    await orphaned("PersistentVolumeClaim", "acme-data", "acme-form");
    await scenario.hub();
    await scenario.ready("acme-form");
    const { metadata } = await scenario.get("v1", "PersistentVolumeClaim", "acme-data");
    expect([metadata.uid, metadata.labels?.["lynq.sh/orphaned"]]).toEqual([uid, undefined]);
  });

  it("goes also when its database cannot be reached", async () => {
    await nodesTable("acme");
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("form", settings);
    await scenario.ready("acme-form");
    await scenario.sql("DROP TABLE nodes");
    await scenario.kubectl(["delete", "secret", "mysql-secret"]);
    expect(await scenario.kubectl(["delete", "lynqhub", "hub", "--timeout=180s"])).toMatchObject({ code: 0 });
    await scenario.gone("v1", "ConfigMap", "acme");
  });
});

describe("a hub's namespace that is deleted", () => {
  it("ends, objects in other namespaces are cleaned up by their policies", async () => {
    const elsewhere = `${scenario.namespace}-apps`;
    await scenario.createNamespace(elsewhere);
    await nodesTable("acme");
    await scenario.hub();
    const at = { targetNamespace: elsewhere, spec: configMap() };
    await scenario.form("form", {
      configMaps: [
        { id: "goes", nameTemplate: "{{ .uid }}-goes", ...at },
        { id: "stays", nameTemplate: "{{ .uid }}-stays", deletionPolicy: "Retain", ...at },
        { id: "near", nameTemplate: "{{ .uid }}-near", deletionPolicy: "Retain", spec: configMap() },
      ],
    });
    await scenario.ready("acme-form");
    const { uid } = (await scenario.get("v1", "ConfigMap", "acme-stays", elsewhere)).metadata;
    await scenario.kubectl(["delete", "namespace", scenario.namespace, "--wait=false"]);
    await scenario.gone("v1", "Namespace", scenario.namespace);
    expect(await scenario.find("v1", "ConfigMap", "acme-goes", elsewhere)).toBeUndefined();
    await orphaned("ConfigMap", "acme-stays", "acme-form", elsewhere);
    expect((await scenario.get("v1", "ConfigMap", "acme-stays", elsewhere)).metadata.uid).toBe(uid);
  });
});
