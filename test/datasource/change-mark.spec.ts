import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type MysqlSource } from "../../lib/datasource";
import { TableReading } from "../../lib/controllers/hub/table-reading";
import { RowMapper } from "../../lib/record/mapping";
import { eventually } from "../environment/eventually";
import { rejection, START_TIMEOUT_MS, TestServer } from "./server";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.mariadb.query("SET GLOBAL userstat = 1");
}, START_TIMEOUT_MS);
afterEach(async () => {
  await server.closeSources();
  await server.database.query("DROP TABLE IF EXISTS `rows`");
});
afterAll(() => server.end());

const signal = new AbortController().signal;
const mapper = new RowMapper({ uid: "id", activate: "active", extra: new Map([["plan", "plan"]]) });

/** What the server counts of the test's user: statements that select, and rows that it was sent. */
async function counted(): Promise<{ selects: number; sent: number }> {
  const [row] = await server.mariadb.query(
    "SELECT SELECT_COMMANDS AS selects, ROWS_SENT AS sent FROM information_schema.USER_STATISTICS WHERE USER = ?",
    [server.database.user],
  );
  return { selects: Number(row?.["selects"]), sent: Number(row?.["sent"]) };
}

/** The server counts a statement a moment after it has answered it. */
async function costs(before: Awaited<ReturnType<typeof counted>>, expected: typeof before): Promise<void> {
  await eventually(async () => {
    const after = await counted();
    expect({ selects: after.selects - before.selects, sent: after.sent - before.sent }).toEqual(expected);
  });
}

async function createTable(markType = "TIMESTAMP(6) NOT NULL DEFAULT NOW(6) ON UPDATE NOW(6)"): Promise<void> {
  await server.database.query(
    `CREATE TABLE \`rows\` (id VARCHAR(20) PRIMARY KEY, active BOOLEAN DEFAULT 1, plan VARCHAR(20) DEFAULT 'basic', mark ${markType}, KEY (mark))`,
  );
}

describe("the mark of a table", () => {
  it("is one row: how many rows, how many without a mark, a checksum over all marks, the newest, the server's clock", async () => {
    await createTable("DATETIME(6) NULL");
    const source = server.source();
    expect(await source.mark("mark", signal)).toEqual({
      rows: 0,
      unmarked: 0,
      checksum: 0n,
      newest: null,
      now: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
    });
    await server.database.query(
      "INSERT INTO `rows` (id, mark) VALUES ('a', '2026-01-02 03:04:05.5'), ('b', '2026-01-02 03:04:05'), ('c', NULL)",
    );
    const [sum] = await server.database.query(
      "SELECT CRC32('2026-01-02 03:04:05.500000') + CRC32('2026-01-02 03:04:05.000000') AS sum",
    );
    expect(await source.mark("mark", signal)).toMatchObject({
      rows: 3,
      unmarked: 1,
      checksum: BigInt(String(sum?.["sum"])),
      newest: "2026-01-02T03:04:05.5Z",
    });
  });

  it("is the same in every time zone of the server, for TIMESTAMP and its rows alike", async () => {
    await createTable();
    await server.database.query("INSERT INTO `rows` (id) VALUES ('a')");
    const before = await server.source().mark("mark", signal);
    await server.mariadb.query("SET GLOBAL time_zone = '+09:00'");
    try {
      const after = await server.source().mark("mark", signal);
      expect({ ...after, now: "" }).toEqual({ ...before, now: "" });
      expect(Math.abs(Date.parse(after.now) - Date.parse(before.now))).toBeLessThan(3_600_000);
    } finally {
      await server.mariadb.query("SET GLOBAL time_zone = 'SYSTEM'");
    }
  });

  it.each(["BIGINT UNSIGNED", "INT", "TIMESTAMP", "DATETIME(3)"])("may be a %s", async type => {
    await createTable(`${type} NULL`);
    expect(await server.source().mark("mark", signal)).toMatchObject({ rows: 0, newest: null });
  });

  it.each(["VARCHAR(20)", "DATE", "DOUBLE", "BLOB", "ENUM('a')"])("cannot be a %s, and says so", async type => {
    await server.database.query(`CREATE TABLE \`rows\` (id VARCHAR(20), mark ${type})`);
    expect(await rejection(server.source().mark("mark", signal))).toMatchObject({
      kind: "change-mark",
      message:
        'Column "mark" of table "rows" cannot be a change mark: it must be a TIMESTAMP, a DATETIME or a whole number that every INSERT and UPDATE sets anew. Correct changeMark.column, or leave changeMark out.',
    });
  });

  it("must be a column of the table", async () => {
    await createTable();
    expect(await rejection(server.source().mark("changed_at", signal))).toMatchObject({
      kind: "unknown-column",
      message: expect.stringContaining("Unknown column 'changed_at'"),
    });
  });

  it("is asked of another connection when the kept one has died", async () => {
    await createTable();
    const source = server.source();
    await source.mark("mark", signal);
    const [kept] = await server.mariadb.query("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = ?", [
      server.database.user,
    ]);
    await server.mariadb.query(`KILL ${String(kept?.["ID"])}`);
    expect(await source.mark("mark", signal)).toMatchObject({ rows: 0 });
  });
});

describe("a table with a change mark", () => {
  let source: MysqlSource;
  let reading: TableReading;
  let clock: number;

  beforeEach(async () => {
    await createTable();
    await server.database.query(
      "INSERT INTO `rows` (id, mark) SELECT CONCAT('row-', seq), NOW() - INTERVAL seq HOUR FROM seq_1_to_200",
    );
    source = server.source();
    clock = 0;
    const mark = { column: "mark", wholeEveryMs: 600_000 };
    reading = new TableReading({ mapper, schema: undefined, mark, now: () => clock, random: () => 0 });
    for (const extent of ["whole", "part", "none"]) expect((await look()).extent).toBe(extent);
  });

  async function look() {
    clock += 5_000;
    return await reading.look(source, { whole: false, occasion: "", signal });
  }

  it("costs one statement and one row while nothing changes", async () => {
    const before = await counted();
    for (let times = 0; times < 3; times++) expect((await look()).extent).toBe("none");
    await costs(before, { selects: 3, sent: 3 });
  });

  it("costs the newer rows when some have changed", async () => {
    await server.database.query("UPDATE `rows` SET plan = 'gold' WHERE id IN ('row-7', 'row-8')");
    await server.database.query("INSERT INTO `rows` (id) VALUES ('new')");
    const before = await counted();
    expect(await look()).toEqual({ extent: "part", changed: new Set(["row-7", "row-8", "new"]) });
    // The mark before the snapshot and in it, and the three rows beside the one that was the newest.
    await costs(before, { selects: 3, sent: 2 + 4 });
    expect(reading.table.record("row-7")?.values.get("plan")).toBe("gold");
  });

  it("is read whole in the same snapshot when rows are gone", async () => {
    await server.database.query("DELETE FROM `rows` WHERE id = 'row-7'");
    await server.database.query("UPDATE `rows` SET plan = 'gold' WHERE id = 'row-8'");
    expect(await look()).toEqual({ extent: "whole", changed: new Set(["row-7", "row-8"]) });
    expect(reading.table.record("row-7")).toBeUndefined();
    expect(reading.table.active).toBe(199);
  });

  it("misses no transaction that is committed long after its statement, in the middle of others", async () => {
    const late = await server.lateTransaction("UPDATE `rows` SET plan = 'late' WHERE id = 'row-3'");
    await server.database.query("UPDATE `rows` SET plan = 'gold' WHERE id = 'row-8'");
    expect(await look()).toEqual({ extent: "part", changed: new Set(["row-8"]) });
    expect((await look()).changed).toEqual(new Set());
    expect((await look()).extent).toBe("none");
    await late.commit();
    expect((await look()).changed).toEqual(new Set(["row-3"]));
    expect(reading.table.record("row-3")?.values.get("plan")).toBe("late");
  });

  it("is seen whole after it was emptied and filled again from a backup", async () => {
    await server.database.query("TRUNCATE `rows`");
    await server.database.query(
      "INSERT INTO `rows` (id, plan, mark) SELECT CONCAT('row-', seq), 'old', NOW() - INTERVAL 2 DAY FROM seq_1_to_200",
    );
    const { extent, changed } = await look();
    expect([extent, changed.size]).toEqual(["whole", 200]);
  });
});
