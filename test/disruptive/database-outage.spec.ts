import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

const ROWS = 12;

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("outage");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE)");
  const rows = Array.from({ length: ROWS }, (_, index) => `('row-${String(index).padStart(2, "0")}')`);
  await scenario.sql(`INSERT INTO nodes (id) VALUES ${rows.join()}`);
  // Without its guard: what keeps the nodes is that nothing was read, not that there were many.
  await scenario.hub({ spec: { deletionGuard: { disabled: true } } });
  await scenario.form("form", {
    configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}", spec: configMap() }],
  });
  await eventually(async () => {
    expect((await scenario.hubObject()).status).toMatchObject({ desired: ROWS, ready: ROWS });
  });
});

afterEach(async () => {
  await startDatabase();
  await scenario.close();
});

async function startDatabase(): Promise<void> {
  await scenario.environment.act("database/start");
  // The server has forgotten it.
  await scenario.environment.database.query("SET GLOBAL userstat = 1");
}

/** Takes the place of the stopped server until the hub has knocked so many times in vain. */
function knocks(count: number): Promise<void> {
  const { host, port } = scenario.environment.details.database;
  return new Promise((resolve, reject) => {
    let seen = 0;
    const server = createServer(socket => {
      socket.on("error", () => undefined);
      socket.destroy();
      seen++;
      if (seen === count) server.close();
    });
    server.once("error", reject).once("close", resolve).listen(port, host);
  });
}

/** UIDs of every node and every object, by name. */
async function everything(): Promise<Map<string, string | undefined>> {
  const objects = [...(await scenario.nodes()), ...(await scenario.list("v1", "ConfigMap", "lynq.sh/form=form"))];
  return new Map(objects.map(({ kind, metadata }) => [`${kind}/${metadata.name ?? ""}`, metadata.uid]));
}

/** Waits until the hub says that its database is away. */
function away() {
  return eventually(async () => {
    const { status } = await scenario.hubObject();
    const ready = findCondition(status?.conditions, "Ready");
    expect(ready).toMatchObject({ status: "False", reason: "DatabaseConnectionFailed" });
    return { status, message: ready?.message ?? "" };
  });
}

async function recovered(): Promise<void> {
  await scenario.sql("INSERT INTO nodes (id) VALUES ('newcomer')");
  await scenario.ready("newcomer-form");
  await eventually(async () => {
    const { status } = await scenario.hubObject();
    expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True", reason: "DatabaseConnected" });
    expect(findCondition(status?.conditions, "Reconciling")).toBeUndefined();
    expect(status).toMatchObject({ desired: ROWS + 1, ready: ROWS + 1 });
  });
}

describe.each(["stop", "kill"] as const)("a database that goes away (%s)", how => {
  it("deletes nothing for as long as it takes, and is told once with the last successful sync and the last counts", async () => {
    const before = await everything();
    const reading = Date.now();
    await scenario.afterSyncs();
    await scenario.environment.act(`database/${how}`);
    const stopped = Date.now();
    const { host, port } = scenario.environment.details.database;
    const { status, message } = await away();
    expect(message).toMatch(
      new RegExp(
        `(No connection to the database server|The read of table|The connection to the database server).*${host}:${port}`,
      ),
    );
    // It passes by itself: nobody has to change anything.
    expect(findCondition(status?.conditions, "Reconciling")).toMatchObject({ status: "True" });
    expect(findCondition(status?.conditions, "Stalled")).toBeUndefined();
    expect(status).toMatchObject({
      desired: ROWS,
      ready: ROWS,
      failed: 0,
      rows: { seen: ROWS, active: ROWS, quarantined: 0 },
    });
    const lastSync = Date.parse(status?.lastSuccessfulSyncTime ?? "");
    expect(lastSync).toBeGreaterThanOrEqual(Math.floor(reading / 1000) * 1000);
    expect(lastSync).toBeLessThanOrEqual(stopped);

    await knocks(5);
    expect(await everything()).toEqual(before);
    const later = (await scenario.hubObject()).status;
    expect(later).toMatchObject({ desired: ROWS, ready: ROWS, lastSuccessfulSyncTime: status?.lastSuccessfulSyncTime });
    await eventually(async () => {
      expect(await scenario.events("hub", "DatabaseQueryFailed")).toEqual([
        expect.objectContaining({ type: "Warning", count: 1, message: expect.stringContaining(`${host}:${port}`) }),
      ]);
    });

    await startDatabase();
    await recovered();
    const after = await everything();
    expect(new Map([...before.keys()].map(key => [key, after.get(key)]))).toEqual(before);
  });
});

describe("while the database is away", () => {
  it("what runs is still healed, nodes included", async () => {
    await scenario.environment.act("database/stop");
    await away();
    const map = (await scenario.get("v1", "ConfigMap", "row-03")).metadata.uid;
    const node = (await scenario.node("row-04-form")).metadata.uid;
    await scenario.kubectl(["delete", "configmap", "row-03"]);
    await scenario.kubectl(["delete", "lynqnode", "row-04-form", "--timeout=180s"]);
    await eventually(async () => {
      expect((await scenario.get("v1", "ConfigMap", "row-03")).metadata.uid).not.toBe(map);
      expect((await scenario.ready("row-04-form")).metadata.uid).not.toBe(node);
    });
    await scenario.get("v1", "ConfigMap", "row-04");
  });

  it("a form change still reaches the nodes that there are", async () => {
    await scenario.environment.act("database/stop");
    await away();
    const before = await everything();
    await scenario.form("form", {
      configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}", spec: configMap({ key: "changed" }) }],
    });
    await eventually(async () => {
      for (const object of await scenario.list("v1", "ConfigMap", "lynq.sh/form=form"))
        expect(object["data"]).toEqual({ key: "changed" });
    });
    expect(await everything()).toEqual(before);
  });

  it("an operator that starts deletes nothing, keeps what the status said, and goes on when the database is back", async () => {
    const before = await everything();
    await scenario.environment.act("operator/stop");
    await scenario.environment.act("database/stop");
    await scenario.environment.act("operator/start");
    const { status } = await away();
    expect(status).toMatchObject({ desired: ROWS, ready: ROWS, rows: { seen: ROWS, active: ROWS, quarantined: 0 } });
    expect(status?.lastSuccessfulSyncTime).toBeDefined();
    await knocks(3);
    expect(await everything()).toEqual(before);
    await scenario.kubectl(["delete", "configmap", "row-03"]);
    await eventually(() => scenario.get("v1", "ConfigMap", "row-03"));
    await startDatabase();
    await recovered();
  });

  it("a hub can be deleted", async () => {
    await scenario.environment.act("database/stop");
    await away();
    expect(await scenario.kubectl(["delete", "lynqhub", "hub", "--timeout=180s"])).toMatchObject({ code: 0 });
    await eventually(async () => {
      expect(await everything()).toEqual(new Map());
    });
  });
});
