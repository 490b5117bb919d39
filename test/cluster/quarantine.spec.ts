import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type LynqHubStatus } from "../../crds";
import { findCondition } from "../../lib/status";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

const LONG_UID = "x".repeat(254);

/** Waits for a status of the hub that was made from a read of the table as it is now. */
function status(scenario: Scenario, expected: Partial<LynqHubStatus>): Promise<LynqHubStatus> {
  return eventually(async () => {
    const { status = {} } = await scenario.hubObject();
    expect(status).toMatchObject(expected);
    return status;
  });
}

const form = {
  configMaps: [
    {
      id: "settings",
      nameTemplate: '{{ .uid | lower | replace "_" "-" | trunc 50 }}',
      spec: { apiVersion: "v1", kind: "ConfigMap", data: { plan: "{{ .plan }}" } },
    },
  ],
};

describe("rows that cannot become nodes", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("quarantine");
    await scenario.sql("CREATE TABLE nodes (n INT AUTO_INCREMENT PRIMARY KEY, id TEXT, active BOOLEAN, plan TEXT)");
    await scenario.sql("INSERT INTO nodes (id, active, plan) VALUES ('good', 1, 'basic'), ('twin', 1, 'basic')");
    await scenario.hub({
      extra: { plan: "plan" },
      spec: { rowSchema: { properties: { plan: { type: "string", enum: ["basic", "pro"] } } } },
    });
    await scenario.form("form", form);
    await scenario.ready("good-form");
    await scenario.ready("twin-form");
  });

  afterAll(() => scenario.close());

  it("are none at first, and status says so", async () => {
    const { conditions, quarantined } = await status(scenario, { rows: { seen: 2, active: 2, quarantined: 0 } });
    expect(quarantined).toEqual([]);
    expect(findCondition(conditions, "RowsQuarantined")).toMatchObject({ status: "False", reason: "AllRowsValid" });
    expect(await scenario.events("hub", "RowsQuarantined")).toEqual([]);
  });

  it("are counted and named with their reasons, and do not hinder the others", async () => {
    await scenario.sql(
      "INSERT INTO nodes (id, active, plan) VALUES (NULL, 1, 'basic'), ('', 1, 'basic'), ('twice', 1, 'basic'), ('twice', 0, 'pro'), " +
        "(?, 1, 'basic'), ('///', 1, 'basic'), ('two\\nlines', 1, 'basic'), ('gold', 1, 'golden'), ('later', 1, 'pro')",
      [LONG_UID],
    );
    const { quarantined, conditions } = await status(scenario, { rows: { seen: 11, active: 3, quarantined: 8 } });
    expect(quarantined).toEqual([
      { uid: "", reason: "the uid is empty, in 2 rows" },
      { uid: "///", reason: "the uid has no letter a-z or digit that a name could be made of" },
      { uid: "gold", reason: 'plan must be one of "basic", "pro", not "golden"' },
      { uid: "twice", reason: "2 rows have this uid, 1 active and 1 not" },
      { uid: "two\\u{a}lines", reason: "the uid has control characters or line breaks" },
      { uid: `${"x".repeat(63)}…`, reason: "the uid has 254 characters, more than 253" },
    ]);
    expect(findCondition(conditions, "RowsQuarantined")).toMatchObject({
      status: "True",
      reason: "InvalidRows",
      message:
        'row "": the uid is empty, in 2 rows; row "///": the uid has no letter a-z or digit that a name could be made of; ' +
        'row "gold": plan must be one of "basic", "pro", not "golden"; and 5 more',
    });
    expect(findCondition(conditions, "Ready")).toMatchObject({ status: "True" });
    await scenario.ready("later-form");
    expect((await scenario.nodes()).map(({ metadata }) => metadata.name).sort()).toEqual([
      "good-form",
      "later-form",
      "twin-form",
    ]);
  });

  it("are told in one event, not in one each sync", async () => {
    await scenario.afterSyncs();
    const events = await eventually(async () => {
      const found = await scenario.events("hub", "RowsQuarantined");
      expect(found).not.toEqual([]);
      return found;
    });
    expect(events).toEqual([expect.objectContaining({ type: "Warning", count: 1 })]);
    expect(events[0]?.message).toContain('row "gold": plan must be one of "basic", "pro", not "golden"');
  });

  it.each<[string, string, string, string]>([
    [
      "a second row of its uid",
      "INSERT INTO nodes (id, active, plan) VALUES ('twin', 1, 'pro')",
      "DELETE FROM nodes WHERE id = 'twin' AND plan = 'pro'",
      "2 rows have this uid",
    ],
    [
      "a value that breaks the row schema",
      "UPDATE nodes SET plan = 'none' WHERE id = 'twin'",
      "UPDATE nodes SET plan = 'basic' WHERE id = 'twin'",
      'plan must be one of "basic", "pro", not "none"',
    ],
  ])("leave alone what already runs: %s", async (_name, breakIt, mendIt, reason) => {
    await scenario.ready("twin-form");
    const before = await scenario.get("v1", "ConfigMap", "twin");
    const node = await scenario.node("twin-form");
    await scenario.sql(breakIt);
    await eventually(async () => {
      const { status: { quarantined = [] } = {} } = await scenario.hubObject();
      expect(quarantined).toContainEqual({ uid: "twin", reason });
    });
    await scenario.afterSyncs();
    const after = await scenario.get("v1", "ConfigMap", "twin");
    expect([after.metadata.uid, after.metadata.resourceVersion]).toEqual([
      before.metadata.uid,
      before.metadata.resourceVersion,
    ]);
    expect((await scenario.node("twin-form")).metadata.uid).toBe(node.metadata.uid);

    // It still heals, and follows the row again once the row is good.
    await scenario.kubectl(["delete", "configmap", "twin"]);
    await eventually(() => scenario.get("v1", "ConfigMap", "twin"));
    await scenario.sql(mendIt);
    await eventually(async () => {
      const { status: { quarantined = [] } = {} } = await scenario.hubObject();
      expect(quarantined.map(({ uid }) => uid)).not.toContain("twin");
    });
    expect((await scenario.node("twin-form")).metadata.uid).toBe(node.metadata.uid);
  });

  it("are forgotten when they are put right or switched off", async () => {
    await scenario.sql("DELETE FROM nodes WHERE id = 'twice' AND active = 0");
    await scenario.sql("UPDATE nodes SET plan = 'pro' WHERE id = 'gold'");
    await scenario.sql(
      "UPDATE nodes SET active = 0 WHERE id IS NULL OR id NOT IN ('good', 'twin', 'twice', 'gold', 'later')",
    );
    const { conditions } = await status(scenario, { rows: { seen: 10, active: 5, quarantined: 0 } });
    expect(findCondition(conditions, "RowsQuarantined")).toMatchObject({ status: "False", reason: "AllRowsValid" });
    await scenario.ready("twice-form");
    await scenario.ready("gold-form");
  });
});

describe("many rows that cannot become nodes", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("quarantine-many");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, secret VARCHAR(40))");
    const rows = Array.from({ length: 25 }, (_, index) => `('row-${String(index).padStart(2, "0")}', 1, 'hunter2')`);
    await scenario.sql(`INSERT INTO nodes VALUES ${rows.join()}, ('good', 1, 'a-good-long-secret')`);
    await scenario.hub({
      extra: { secret: "secret" },
      spec: { sensitiveValues: ["secret"], rowSchema: { properties: { secret: { type: "string", minLength: 12 } } } },
    });
  });

  afterAll(() => scenario.close());

  it("are counted in full, and the first twenty are listed", async () => {
    const { quarantined = [] } = await status(scenario, { rows: { seen: 26, active: 1, quarantined: 25 } });
    expect(quarantined).toHaveLength(20);
    expect(quarantined.map(({ uid }) => uid)).toEqual([...quarantined.map(({ uid }) => uid)].sort());
  });

  it("show no sensitive value", async () => {
    const { quarantined = [] } = await status(scenario, { rows: { seen: 26, active: 1, quarantined: 25 } });
    expect(quarantined[0]?.reason).toBe("secret must NOT have fewer than 12 characters");
    const { stdout } = await scenario.kubectl(["get", "lynqhubs,lynqnodes,events", "-o", "yaml"]);
    expect(stdout).toContain("secret must NOT have fewer than 12 characters");
    expect(stdout).not.toContain("hunter2");
  });
});

describe("a uid that is no legal name", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("uids");
    await scenario.sql("CREATE TABLE nodes (id VARBINARY(300), active BOOLEAN, plan VARCHAR(20))");
    await scenario.sql(
      "INSERT INTO nodes VALUES ('Acme_Corp', 1, ''), ('acme_corp', 1, ''), ('acme-corp', 1, ''), ('Ünïcode Ltd', 1, '')",
    );
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("web", {
      configMaps: [
        {
          id: "settings",
          nameTemplate: "uid-{{ .uid | sha256sum | trunc 16 }}",
          spec: { apiVersion: "v1", kind: "ConfigMap", data: { uid: "{{ .uid }}" } },
        },
      ],
    });
  });

  afterAll(() => scenario.close());

  it("gets a legal name for its node, a different one for each uid, and keeps its spelling inside", async () => {
    const nodes = await eventually(async () => {
      const found = await scenario.nodes();
      expect(found).toHaveLength(4);
      return found;
    });
    const names = new Map(nodes.map(({ spec, metadata }) => [spec.uid, metadata.name ?? ""]));
    expect([...names.keys()].sort()).toEqual(["Acme_Corp", "acme-corp", "acme_corp", "Ünïcode Ltd"]);
    expect(names.get("acme-corp")).toBe("acme-corp-web");
    expect(names.get("Acme_Corp")).toMatch(/^acme-corp-web-[0-9a-f]+$/);
    expect(names.get("acme_corp")).toMatch(/^acme-corp-web-[0-9a-f]+$/);
    expect(new Set(names.values()).size).toBe(4);
    for (const name of names.values()) await scenario.ready(name);
    const maps = await scenario.list("v1", "ConfigMap", "lynq.sh/form=web");
    const uids = maps.map(({ data }) => (data as { uid: string }).uid);
    expect(uids.sort()).toEqual([...names.keys()].sort());
  });

  it("keeps the name with every sync", async () => {
    const before = (await scenario.nodes()).map(({ metadata }) => metadata.uid).sort();
    await scenario.afterSyncs();
    expect((await scenario.nodes()).map(({ metadata }) => metadata.uid).sort()).toEqual(before);
  });
});
