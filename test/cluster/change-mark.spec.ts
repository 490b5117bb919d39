import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { atRest, OperatorRequests } from "../environment/operator-requests";
import { Scenario } from "../environment/scenario";

const ROWS = 20;
let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("change-mark");
  await scenario.sql(
    "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT 1, plan VARCHAR(20) DEFAULT 'basic', updated_at TIMESTAMP(6) NOT NULL DEFAULT NOW(6) ON UPDATE NOW(6), KEY (updated_at))",
  );
  await scenario.sql(
    `INSERT INTO nodes (id, updated_at) SELECT CONCAT('row-', seq), NOW(6) - INTERVAL seq DAY FROM seq_1_to_${ROWS}`,
  );
  await scenario.hub({ extra: { plan: "plan" }, spec: sourceWith({ column: "updated_at" }) });
  await scenario.form("form", {
    configMaps: [{ id: "cm", nameTemplate: "{{ .uid }}-cm", spec: configMap({ plan: "{{ .plan }}" }) }],
  });
  await countOf(ROWS);
});
afterAll(() => scenario.close());
beforeEach(() => settled());

function sourceWith(changeMark: Record<string, unknown>): Record<string, unknown> {
  const { source } = scenario.hubManifest().spec as { source: Record<string, unknown> };
  return { source: { ...source, changeMark } };
}

/** Until so many nodes are ready, and counted. */
async function countOf(nodes: number): Promise<void> {
  await eventually(async () => {
    expect((await scenario.nodes()).length).toBe(nodes);
    expect((await scenario.hubObject()).status).toMatchObject({ desired: nodes, ready: nodes });
  });
}

async function planOf(row: string): Promise<unknown> {
  return (await scenario.get("v1", "ConfigMap", `${row}-cm`))["data"];
}

/** What the database counts of the hub's user. */
async function counted(): Promise<{ selects: number; sent: number }> {
  const [row] = await scenario.sql(
    "SELECT SELECT_COMMANDS AS selects, ROWS_SENT AS sent FROM information_schema.USER_STATISTICS WHERE USER = ?",
    [scenario.database.user],
  );
  return { selects: Number(row?.["selects"]), sent: Number(row?.["sent"]) };
}

/** Until looks cost one statement and one row. */
async function settled(): Promise<void> {
  await eventually(async () => {
    const before = await counted();
    await scenario.afterSyncs();
    const after = await counted();
    expect(after.sent - before.sent).toBe(after.selects - before.selects);
  });
}

describe("a hub with a change mark", () => {
  it("costs one query and one row an interval while nothing changes, and no request", async () => {
    await atRest(scenario);
    const requests = await OperatorRequests.since(scenario.namespace);
    const before = await counted();
    await scenario.afterSyncs();
    await scenario.afterSyncs();
    await eventually(async () => {
      const { selects, sent } = await counted();
      expect(sent - before.sent).toBe(selects - before.selects);
    });
    expect(await requests.made()).toEqual([]);
  });

  it("follows a new and a changed row, and reads no other", async () => {
    const before = await counted();
    await scenario.sql("INSERT INTO nodes (id) VALUES ('new')");
    await scenario.sql("UPDATE nodes SET plan = 'gold' WHERE id = 'row-3'");
    await scenario.ready("new-form");
    await eventually(async () => {
      expect(await planOf("row-3")).toEqual({ plan: "gold" });
    });
    await settled();
    const after = await counted();
    // However often the few newest rows were read: never the whole table.
    expect(after.sent - before.sent).toBeLessThan((after.selects - before.selects) * 5 + ROWS);
    await countOf(ROWS + 1);
  });

  it("lets a deleted row's node go, and one that is turned off, by a read of the whole table", async () => {
    const { status } = await scenario.hubObject();
    await scenario.sql("DELETE FROM nodes WHERE id = 'new'");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "new-form");
    await scenario.sql("UPDATE nodes SET active = 0 WHERE id = 'row-20'");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "row-20-form");
    await countOf(ROWS - 1);
    await eventually(async () => {
      const { lastFullSyncTime = "" } = (await scenario.hubObject()).status ?? {};
      expect(lastFullSyncTime > (status?.lastFullSyncTime ?? "")).toBe(true);
    });
    await scenario.sql("UPDATE nodes SET active = 1 WHERE id = 'row-20'");
    await countOf(ROWS);
  });

  it("leaves a quarantined row's node alone, and holds back what the guard holds back", async () => {
    await scenario.sql("ALTER TABLE nodes DROP PRIMARY KEY");
    await scenario.sql("INSERT INTO nodes (id, plan) VALUES ('row-1', 'double')");
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ rows: { seen: ROWS + 1, quarantined: 2 } });
    });
    await settled();
    await scenario.ready("row-1-form");
    await scenario.sql("DELETE FROM nodes WHERE plan = 'double'");
    await countOf(ROWS);
    await scenario.sql("UPDATE nodes SET active = 0 WHERE id <> 'row-1'");
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ deletionHeld: { count: ROWS - 1, total: ROWS } });
    });
    await settled();
    expect((await scenario.nodes()).filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([]);
    await scenario.sql("UPDATE nodes SET active = 1");
    await countOf(ROWS);
    await eventually(async () => {
      expect((await scenario.hubObject()).status?.deletionHeld).toBeUndefined();
    });
  });

  it("reads the whole table when somebody asks for it, and answers", async () => {
    // Without a new mark nothing tells of it.
    await scenario.sql("UPDATE nodes SET plan = 'hidden', updated_at = updated_at WHERE id = 'row-5'");
    await scenario.afterSyncs();
    expect(await planOf("row-5")).toEqual({ plan: "basic" });
    await scenario.kubectl(["annotate", "--overwrite", "lynqhub", "hub", "lynq.sh/reconcile-at=now"]);
    await eventually(async () => {
      expect(await planOf("row-5")).toEqual({ plan: "hidden" });
      expect((await scenario.hubObject()).status?.lastHandledReconcileAt).toBe("now");
    });
  });

  it("says what is wrong with a column that cannot be one, and reads nothing with it", async () => {
    await scenario.hub({ extra: { plan: "plan" }, spec: sourceWith({ column: "plan" }) });
    await eventually(async () => {
      const ready = findCondition((await scenario.hubObject()).status?.conditions, "Ready");
      expect(ready).toMatchObject({ status: "False", reason: "DatabaseConnectionFailed" });
      expect(ready?.message).toBe(
        'Column "plan" of table "nodes" cannot be a change mark: it must be a TIMESTAMP, a DATETIME or a whole number that every INSERT and UPDATE sets anew. Correct changeMark.column, or leave changeMark out.',
      );
    });
    expect((await scenario.nodes()).length).toBe(ROWS);
    await scenario.hub({ extra: { plan: "plan" }, spec: sourceWith({ column: "updated_at" }) });
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True" });
    });
  });
});
