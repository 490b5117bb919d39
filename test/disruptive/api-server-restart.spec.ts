import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { configMap, service } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

const ROWS = 50;

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("restart");
  await scenario.sql(
    "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE, plan VARCHAR(20) DEFAULT 'basic')",
  );
  await scenario.hub({ extra: { plan: "plan" } });
  await scenario.form("form", {
    configMaps: [
      { id: "first", nameTemplate: "{{ .uid }}-first", spec: configMap({ plan: "{{ .plan }}" }) },
      { id: "last", nameTemplate: "{{ .uid }}-last", dependIds: ["svc"], spec: configMap({ plan: "{{ .plan }}" }) },
    ],
    services: [{ id: "svc", nameTemplate: "{{ .uid }}-svc", dependIds: ["first"], spec: service() }],
  });
  await scenario.afterSyncs();
});

afterEach(() => scenario.close());

async function insertRows(): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, index) => `('row-${String(index).padStart(2, "0")}')`);
  await scenario.sql(`INSERT INTO nodes (id) VALUES ${rows.join()}`);
}

/** Nodes and all their objects by name, with UIDs. */
async function everything(): Promise<Map<string, string | undefined>> {
  const lists = await Promise.all([
    scenario.nodes(),
    scenario.list("v1", "ConfigMap", "lynq.sh/node"),
    scenario.list("v1", "Service", "lynq.sh/node"),
  ]);
  return new Map(lists.flat().map(({ kind, metadata }) => [`${kind}/${metadata.name ?? ""}`, metadata.uid]));
}

/** Waits until a sync is well under way, and not over. */
function inTheMiddle(isMiddle: () => Promise<boolean>): Promise<void> {
  return eventually(async () => {
    if (!(await isMiddle())) throw new Error("the sync has not come to its middle");
  });
}

function allReady(): Promise<Map<string, string | undefined>> {
  return eventually(async () => {
    expect((await scenario.hubObject()).status).toMatchObject({ desired: ROWS, ready: ROWS, failed: 0 });
    const found = await everything();
    expect(found.size).toBe(4 * ROWS);
    return found;
  });
}

describe("an API server that restarts in the middle of a sync of 50 rows", () => {
  it("loses nothing and doubles nothing of what is being made", async () => {
    await insertRows();
    await inTheMiddle(async () => (await everything()).size > ROWS / 2);
    await scenario.environment.act("api-server/restart");
    const early = await eventually(everything);
    const end = await allReady();
    expect(new Map([...early.keys()].map(key => [key, end.get(key)]))).toEqual(early);
    await scenario.afterSyncs();
    expect(await everything()).toEqual(end);
  });

  it("loses no change", async () => {
    await insertRows();
    const before = await allReady();
    await scenario.sql("UPDATE nodes SET plan = 'gold'");
    const changed = async () =>
      (await scenario.list("v1", "ConfigMap", "lynq.sh/node")).filter(
        object => (object["data"] as { plan: string }).plan === "gold",
      ).length;
    await inTheMiddle(async () => (await changed()) > 5);
    await scenario.environment.act("api-server/restart");
    await eventually(async () => {
      expect(await changed()).toBe(2 * ROWS);
    });
    expect(await everything()).toEqual(before);
  });

  it("loses no deletion, and deletes nothing else", async () => {
    await insertRows();
    const before = await allReady();
    await scenario.sql("DELETE FROM nodes WHERE id < 'row-20'");
    await inTheMiddle(async () => (await everything()).size < before.size);
    await scenario.environment.act("api-server/restart");
    const expected = new Map([...before].filter(([key]) => !/\/row-[01]\d-/.test(key)));
    expect(expected.size).toBe(4 * 30);
    await eventually(async () => {
      expect(await everything()).toEqual(expected);
    });
    await scenario.afterSyncs();
    expect(await everything()).toEqual(expected);
  });

  it("is away for a while: what was deleted meanwhile comes back, nothing is deleted", async () => {
    await insertRows();
    const before = await allReady();
    await scenario.environment.act("api-server/kill");
    await scenario.sql("INSERT INTO nodes (id) VALUES ('newcomer')");
    await scenario.sql("UPDATE nodes SET plan = 'gold' WHERE id = 'row-07'");
    await scenario.afterSyncs();
    await scenario.environment.act("api-server/start");
    await scenario.ready("newcomer-form");
    await eventually(async () => {
      expect((await scenario.get("v1", "ConfigMap", "row-07-first"))["data"]).toEqual({ plan: "gold" });
    });
    const after = await everything();
    expect(new Map([...before.keys()].map(key => [key, after.get(key)]))).toEqual(before);
    expect(after.size).toBe(before.size + 4);
  });
});
