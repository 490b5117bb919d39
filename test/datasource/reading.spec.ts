import { type AddressInfo, connect, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { DataSourceError } from "../../lib/datasource/data-source-error";
import { type MysqlSettings } from "../../lib/datasource/mysql-settings";
import { readAll, rejection, START_TIMEOUT_MS, TestServer } from "./server";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
}, START_TIMEOUT_MS);
afterEach(() => server.closeSources());
afterAll(() => server.end());

/** Processes of the test's user on the server. */
async function connectionIds(): Promise<readonly unknown[]> {
  const rows = await server.mariadb.query("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = ? ORDER BY ID", [
    server.database.user,
  ]);
  return rows.map(row => row["ID"]);
}

describe("values", () => {
  it.each([
    ["quotes", `it's "quoted" \\ \\' \\0 ''`],
    ["backticks", "`a``b`"],
    ["newlines", "a\nb\r\nc\td"],
    ["template actions", '{{ .uid }} {{ env "HOME" }} }} {{'],
    ["emoji", "👩‍👩‍👧‍👦 🏳️‍🌈 😀"],
    ["300 characters", "é".repeat(300)],
    ["a statement", "'; DROP TABLE customers; -- ?"],
    ["NUL and escape", "a\u0000b\u001b[31m"],
  ])("come back as they were written: %s", async (_name, value) => {
    await server.database.query("CREATE TABLE texts (id INT PRIMARY KEY, v TEXT)");
    try {
      await server.database.query("INSERT INTO texts VALUES (1, ?)", [value]);
      expect(await readAll(server.source({ table: "texts" }), ["id", "v"])).toEqual([["1", value]]);
    } finally {
      await server.database.query("DROP TABLE texts");
    }
  });

  it("come in the order of the columns that were asked for", async () => {
    await server.database.query("CREATE TABLE ordered (a INT, b INT, c INT)");
    await server.database.query("INSERT INTO ordered VALUES (1, 2, 3)");
    expect(await readAll(server.source({ table: "ordered" }), ["c", "a", "b", "a"])).toEqual([["3", "1", "2", "1"]]);
    await server.database.query("DROP TABLE ordered");
  });

  it("of an empty table are no rows, and that is an answer", async () => {
    await server.database.query("CREATE TABLE empty (a INT)");
    expect(await readAll(server.source({ table: "empty" }), ["a"])).toEqual([]);
    await server.database.query("DROP TABLE empty");
  });

  it("of a row larger than the protocol's 16 MiB packets arrive whole", async () => {
    await server.mariadb.query("SET GLOBAL max_allowed_packet = 64 * 1024 * 1024");
    await server.database.query("CREATE TABLE large (id INT, v LONGTEXT)");
    await server.database.query("INSERT INTO large VALUES (1, REPEAT('ab', 6000000)), (2, 'x')");
    const lengths: (readonly (number | undefined)[])[] = [];
    await server
      .source({ table: "large" })
      .read(["id", "v", "v"], row => lengths.push(row.map(value => value?.length)), new AbortController().signal);
    expect(lengths).toEqual([
      [1, 12_000_000, 12_000_000],
      [1, 1, 1],
    ]);
    await server.database.query("DROP TABLE large");
  });
});

describe("names", () => {
  it.each([
    "customer data",
    "we`ird",
    "``",
    "`x`",
    "a.b",
    ".a",
    "select",
    "?",
    ":id",
    "Straße 公司",
    'it\'s "x"',
    "-- x",
    "a;b",
  ])("of a table and a column may be %j", async name => {
    const quoted = `\`${name.replaceAll("`", "``")}\``;
    await server.database.query(`CREATE TABLE ${quoted} (id INT, ${quoted} VARCHAR(20))`);
    await server.database.query(`INSERT INTO ${quoted} VALUES (1, 'v')`);
    expect(await readAll(server.source({ table: name }), ["id", name])).toEqual([["1", "v"]]);
    await server.database.query(`DROP TABLE ${quoted}`);
  });

  it("may lead to another database, quoted as SQL does or not", async () => {
    const other = await server.mariadb.createDatabase("other db");
    await other.query("CREATE TABLE `the rows` (v INT)");
    await other.query("INSERT INTO `the rows` VALUES (7)");
    await server.mariadb.query(`GRANT SELECT ON \`other db\`.* TO '${server.database.user}'@'127.0.0.1'`);
    for (const table of ["other db.the rows", "`other db`.`the rows`"]) {
      expect(await readAll(server.source({ table }), ["v"])).toEqual([["7"]]);
    }
    await other.drop();
  });

  it("mean the table that is called exactly so first, and never another one later", async () => {
    const other = await server.mariadb.createDatabase("o");
    await other.query("CREATE TABLE t (v INT)");
    await server.mariadb.query(`GRANT SELECT ON o.* TO '${server.database.user}'@'127.0.0.1'`);
    await server.database.query("CREATE TABLE `o.t` (v INT)");
    await server.database.query("INSERT INTO `o.t` VALUES (1)");
    const source = server.source({ table: "o.t" });
    expect(await readAll(source, ["v"])).toEqual([["1"]]);
    await server.database.query("DROP TABLE `o.t`");
    expect(await rejection(readAll(source, ["v"]))).toMatchObject({ kind: "unknown-table" });
    await other.drop();
  });
});

describe("refusals", () => {
  const password = "not-the-p4ssword";

  beforeAll(async () => {
    await server.database.query("CREATE TABLE customers (id INT, secret TEXT)");
    await server.database.query("INSERT INTO customers VALUES (1, 'top-s3cret')");
  });
  afterAll(() => server.database.query("DROP TABLE customers"));

  const refusals: readonly [string, Partial<MysqlSettings>, readonly string[], Partial<DataSourceError>, RegExp][] = [
    ["an unknown table", { table: "nope" }, ["id"], { kind: "unknown-table" }, /no table or view "nope"/],
    ["an unknown table elsewhere", { table: "nowhere.nope" }, ["id"], { kind: "permission" }, /nowhere/],
    ["a table without a name", { table: "" }, ["id"], { kind: "unknown-table" }, /no table or view ""/],
    ["an unknown column", { table: "customers" }, ["id", "nope"], { kind: "unknown-column" }, /'nope'/],
    ["a column that cannot be", { table: "customers" }, ["e😀"], { kind: "unknown-column" }, /e😀/],
    ["a statement for a table", { table: "(SELECT 1 AS id) x" }, ["id"], { kind: "unknown-table" }, /SELECT 1/],
    ["an expression for a column", { table: "customers" }, ["id + 1"], { kind: "unknown-column" }, /id \+ 1/],
    ["an unknown database", { table: "customers", database: "nope" }, ["id"], { kind: "permission" }, /nope/],
    [
      "a wrong password",
      { table: "customers", password },
      ["id"],
      { kind: "authentication" },
      /Check username and password/,
    ],
    ["an unknown user", { table: "customers", username: "nobody" }, ["id"], { kind: "authentication" }, /"nobody"/],
    ["a table of others", { table: "mysql.user" }, ["User"], { kind: "permission" }, /Grant it SELECT/],
  ];

  it.each(refusals)("tell people of %s", async (_what, settings, columns, expected, message) => {
    const error = await rejection(readAll(server.source(settings), columns));
    expect(error).toBeInstanceOf(DataSourceError);
    expect(error).toMatchObject({ ...expected, message: expect.stringMatching(message) });
    expect(String(error)).not.toContain(password);
    expect(String(error)).not.toContain(server.database.password);
  });

  it("tell a user with every right of an unknown database", async () => {
    const { rootUser: username, rootPassword } = server.mariadb;
    const source = server.source({ username, password: rootPassword, database: "nope", table: "x" });
    expect(await rejection(readAll(source, ["id"]))).toMatchObject({ kind: "unknown-database" });
  });

  it("do not repeat what a view says of a row", async () => {
    await server.database.query(
      `CREATE FUNCTION refuse(v TEXT) RETURNS TEXT NO SQL
       BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v; RETURN v; END`,
    );
    await server.database.query("CREATE VIEW refusing AS SELECT refuse(secret) AS v FROM customers");
    const error = await rejection(readAll(server.source({ table: "refusing" }), ["v"]));
    expect(error).toMatchObject({ kind: "query" });
    expect(String(error)).toMatch(/1644/);
    expect(String(error)).not.toContain("s3cret");
  });

  it("leave the source usable", async () => {
    const source = server.source({ table: "customers" });
    await rejection(readAll(source, ["nope"]));
    expect(await readAll(source, ["id"])).toEqual([["1"]]);
  });

  it("pass on what the reader of the rows throws, and end the read", async () => {
    const source = server.source({ table: "customers" });
    const failing = source.read(
      ["id"],
      () => {
        throw new RangeError("no room");
      },
      new AbortController().signal,
    );
    expect(await rejection(failing)).toBeInstanceOf(RangeError);
    expect(await readAll(source, ["id"])).toEqual([["1"]]);
  });
});

describe("snapshots", () => {
  it("show every row as it was when the read began, whatever is written meanwhile", async () => {
    await server.database.query("CREATE TABLE busy (id INT PRIMARY KEY, v VARCHAR(10), filler TEXT)");
    await server.database.query("INSERT INTO busy SELECT seq, 'old', REPEAT('x', 20000) FROM seq_1_to_40");
    // Slow enough for a writer, and in pieces large enough to be sent one by one.
    await server.database.query("CREATE VIEW slow AS SELECT id, v, filler, SLEEP(0.05) AS pause FROM busy");
    const values: (string | null | undefined)[] = [];
    let written: Promise<unknown> | undefined;
    let seenAfterWrite = 0;
    let done = false;
    await server.source({ table: "slow" }).read(
      ["id", "v", "filler", "pause"],
      row => {
        values.push(row[1]);
        if (done) seenAfterWrite += 1;
        written ??= server.database
          .query("UPDATE busy SET v = 'new'")
          .then(() => server.database.query("DELETE FROM busy WHERE id > 20"))
          .then(() => server.database.query("INSERT INTO busy VALUES (100, 'new', '')"))
          .then(() => {
            done = true;
          });
      },
      new AbortController().signal,
    );
    await written;
    expect(seenAfterWrite).toBeGreaterThan(0);
    expect(values).toEqual(Array.from({ length: 40 }, () => "old"));
    expect(await readAll(server.source({ table: "busy" }), ["id"])).toHaveLength(21);
  });

  it.each([
    ["ALTER TABLE altered MODIFY id BIGINT", ["1"]],
    ["CREATE OR REPLACE TABLE altered SELECT 2 AS id", ["2"]],
  ])("begin anew where the table was altered since: %s", async (statement, ids) => {
    await server.database.query("CREATE OR REPLACE TABLE altered (id INT)");
    await server.database.query("INSERT INTO altered VALUES (1)");
    const altering = createServer(client => {
      const upstream = connect(server.mariadb.port, server.mariadb.host);
      let sending = Promise.resolve();
      client.on("data", chunk => {
        const text = chunk.toString("latin1");
        sending = sending.then(async () => {
          // By then, the snapshot is taken.
          if (text.includes("FROM `altered`") && altered++ === 0) await server.database.query(statement);
          upstream.write(chunk);
        });
      });
      upstream.pipe(client);
      const end = (): void => {
        client.destroy();
        upstream.destroy();
      };
      for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    });
    let altered = 0;
    await new Promise<void>(resolve => altering.listen(0, "127.0.0.1", resolve));
    const { port } = altering.address() as AddressInfo;
    try {
      const source = server.source({ port, table: "altered", tls: { mode: "disabled" } });
      expect(await readAll(source, ["id"])).toEqual([ids]);
      expect(altered).toBe(2);
    } finally {
      await server.closeSources();
      altering.close();
    }
  });

  it("are read in a transaction that cannot write and leave none open", async () => {
    await server.mariadb.query("SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1");
    await server.database.query("CREATE TABLE logged (v INT)");
    const source = server.source({ table: "logged" });
    await readAll(source, ["v"]);
    await server.mariadb.query("SET GLOBAL general_log = 0");
    const log = await server.mariadb.query(
      "SELECT CAST(argument AS CHAR) AS statement FROM mysql.general_log WHERE user_host LIKE ? AND command_type = 'Query' ORDER BY event_time",
      [`${server.database.user}%`],
    );
    const statements = log.map(row => String(row["statement"]));
    expect(statements.slice(-3)).toEqual([
      "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
      expect.stringMatching(/SELECT .* `v` FROM `logged`$/),
      "COMMIT",
    ]);
    expect(await server.mariadb.query("SELECT trx_id FROM information_schema.INNODB_TRX")).toEqual([]);
  });
});

describe("a session", () => {
  it("reads the same on a server that is set up otherwise", async () => {
    const defaults = await server.mariadb.query(
      "SELECT @@GLOBAL.tx_isolation AS i, @@GLOBAL.sql_mode AS m, @@GLOBAL.time_zone AS z",
    );
    await server.mariadb.query(
      "SET GLOBAL tx_isolation = 'READ-UNCOMMITTED', GLOBAL sql_mode = 'PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES', GLOBAL time_zone = '+03:00', GLOBAL init_connect = 'SET NAMES latin1'",
    );
    try {
      const source = server.source({ table: "information_schema.SESSION_VARIABLES" });
      const variables = new Map(
        (await readAll(source, ["VARIABLE_NAME", "VARIABLE_VALUE"])).map(([name, value]) => [name, value]),
      );
      const names = ["TX_ISOLATION", "SQL_MODE", "TIME_ZONE", "CHARACTER_SET_CLIENT", "CHARACTER_SET_RESULTS"];
      expect(names.map(name => variables.get(name))).toEqual(["REPEATABLE-READ", "", "+00:00", "utf8mb4", "utf8mb4"]);
    } finally {
      const [{ i, m, z } = {}] = defaults;
      await server.mariadb.query(
        "SET GLOBAL tx_isolation = ?, GLOBAL sql_mode = ?, GLOBAL time_zone = ?, GLOBAL init_connect = ''",
        [i, m, z],
      );
    }
  });

  it.each(["p@ss:w/o?rd#&x=y", `it's "quoted" \\`, "pässwörd 公司", "{{ .password }}", " spaced "])(
    "opens with the password %j",
    async password => {
      await server.mariadb.query("CREATE OR REPLACE USER 'some user'@'127.0.0.1' IDENTIFIED BY ?", [password]);
      await server.mariadb.query(`GRANT SELECT ON \`${server.database.name}\`.* TO 'some user'@'127.0.0.1'`);
      await server.database.query("CREATE OR REPLACE TABLE opened (v INT)");
      expect(await readAll(server.source({ username: "some user", password, table: "opened" }), ["v"])).toEqual([]);
      await server.mariadb.query("DROP USER 'some user'@'127.0.0.1'");
    },
  );
});

describe("connections", () => {
  beforeAll(async () => {
    await server.database.query("CREATE TABLE pooled (v INT)");
  });

  it("are kept from read to read, and closed with the source", async () => {
    const source = server.source({ table: "pooled" });
    await goneFrom(connectionIds);
    await readAll(source, ["v"]);
    const first = await connectionIds();
    expect(first).toHaveLength(1);
    for (let read = 0; read < 5; read += 1) await readAll(source, ["v"]);
    expect(await connectionIds()).toEqual(first);
    await source.close();
    await goneFrom(connectionIds);
  });

  it("are two at most, whatever is asked at once", async () => {
    const source = server.source({ table: "pooled" });
    const reads = await Promise.all(Array.from({ length: 8 }, () => readAll(source, ["v"])));
    expect(reads).toHaveLength(8);
    expect((await connectionIds()).length).toBeLessThanOrEqual(2);
  });

  it("that the server has closed meanwhile are replaced", async () => {
    const source = server.source({ table: "pooled" });
    await readAll(source, ["v"]);
    for (const id of await connectionIds()) await server.mariadb.query(`KILL CONNECTION ${String(id)}`);
    expect(await readAll(source, ["v"])).toEqual([]);
  });

  it("are refused after the source was closed", async () => {
    const source = server.source({ table: "pooled" });
    await source.close();
    expect(await rejection(readAll(source, ["v"]))).toMatchObject({ kind: "interrupted" });
  });
});

/** Waits until a question is answered with nothing. */
async function goneFrom(question: () => Promise<readonly unknown[]>): Promise<void> {
  for (;;) {
    if ((await question()).length === 0) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
