import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readAll, START_TIMEOUT_MS, TestServer } from "./server";

describe("text form of column types", () => {
  let server: TestServer;
  let tables = 0;

  beforeAll(async () => {
    server = await TestServer.start();
  }, START_TIMEOUT_MS);
  afterAll(() => server.end());

  /** What a column of the type gives for a value written as SQL. */
  async function textOf(type: string, value: string): Promise<string | null | undefined> {
    tables += 1;
    const table = `types_${tables}`;
    await server.database.query(`CREATE TABLE ${table} (v ${type})`);
    await server.database.query(
      `SET STATEMENT sql_mode = '', time_zone = '+05:30' FOR INSERT INTO ${table} VALUES (${value})`,
    );
    const rows = await readAll(server.source({ table }), ["v"]);
    expect(rows).toHaveLength(1);
    await server.closeSources();
    return rows[0]?.[0];
  }

  it.each([
    ["INT", "-42", "-42"],
    ["INT(6) ZEROFILL", "42", "42"],
    ["INT(6) ZEROFILL", "0", "0"],
    ["TINYINT(1)", "1", "1"],
    ["TINYINT(1)", "0", "0"],
    ["TINYINT(1)", "7", "7"],
    ["BOOLEAN", "TRUE", "1"],
    ["BOOLEAN", "FALSE", "0"],
    ["SMALLINT", "-32768", "-32768"],
    ["MEDIUMINT UNSIGNED", "16777215", "16777215"],
    ["BIGINT", "-9223372036854775808", "-9223372036854775808"],
    ["BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"],
    ["DECIMAL(10,2)", "10.5", "10.50"],
    [
      "DECIMAL(65,30)",
      "-12345678901234567890123456789012345.123456789012345678901234567891",
      "-12345678901234567890123456789012345.123456789012345678901234567891",
    ],
    ["FLOAT", "0.1", "0.1"],
    ["DOUBLE", "0.1", "0.1"],
    ["DOUBLE", "1500000", "1500000"],
    ["DOUBLE", "1e100", "1e100"],
    ["DOUBLE ZEROFILL", "1.5", "1.5"],
    ["BIT(1)", "b'1'", "1"],
    ["BIT(1)", "b'0'", "0"],
    ["BIT(8)", "165", "165"],
    ["BIT(64)", "18446744073709551615", "18446744073709551615"],
  ])("%s %s is %j", async (type, value, text) => {
    expect(await textOf(type, value)).toBe(text);
  });

  it.each([
    ["DATE", "'2024-01-02'", "2024-01-02"],
    ["DATE", "'0000-00-00'", "0000-00-00"],
    ["DATETIME", "'2024-01-02 03:04:05'", "2024-01-02T03:04:05Z"],
    ["DATETIME", "'0000-00-00 00:00:00'", "0000-00-00T00:00:00Z"],
    ["DATETIME(6)", "'2024-01-02 03:04:05.250000'", "2024-01-02T03:04:05.25Z"],
    ["DATETIME(6)", "'2024-01-02 03:04:05.000000'", "2024-01-02T03:04:05Z"],
    ["DATETIME(6)", "'2024-01-02 03:04:05.000001'", "2024-01-02T03:04:05.000001Z"],
    // Written by a session at +05:30, read in UTC.
    ["TIMESTAMP", "'2024-01-02 05:30:00'", "2024-01-02T00:00:00Z"],
    ["TIMESTAMP(3)", "'2024-01-02 05:30:00.120'", "2024-01-02T00:00:00.12Z"],
    ["TIME", "'-12:34:56'", "-12:34:56"],
    ["TIME(3)", "'838:59:58.500'", "838:59:58.500"],
    ["YEAR", "2024", "2024"],
    ["YEAR", "'0000'", "0000"],
  ])("%s %s is %j", async (type, value, text) => {
    expect(await textOf(type, value)).toBe(text);
  });

  it.each([
    ["VARCHAR(50)", "'Ünïcödé 公司 😀'", "Ünïcödé 公司 😀"],
    ["VARCHAR(50) CHARACTER SET latin1", "'café'", "café"],
    ["VARCHAR(50)", "'trailing  '", "trailing  "],
    ["CHAR(10)", "'ab'", "ab"],
    ["TEXT", "'line\\nline 😀'", "line\nline 😀"],
    ["LONGTEXT", "REPEAT('😀', 300)", "😀".repeat(300)],
    ["VARCHAR(10) COLLATE utf8mb4_bin", "'Äb'", "Äb"],
    ["TEXT", "''", ""],
    ["ENUM('basic','pro')", "'pro'", "pro"],
    ["SET('a','b','c')", "'c,a'", "a,c"],
    ["SET('a','b')", "''", ""],
    ["JSON", `'{"plan": "pro", "n": 12345678901234567890}'`, '{"plan": "pro", "n": 12345678901234567890}'],
    ["JSON", `'"text"'`, '"text"'],
    ["UUID", "'123e4567-e89b-12d3-a456-426614174000'", "123e4567-e89b-12d3-a456-426614174000"],
    ["INET6", "'2001:db8::1'", "2001:db8::1"],
  ])("%s %s is %j", async (type, value, text) => {
    expect(await textOf(type, value)).toBe(text);
  });

  it.each([
    ["BLOB", "'plain text\\n'", "plain text\n"],
    ["BLOB", "'ü😀'", "ü😀"],
    ["VARBINARY(20)", "'text'", "text"],
    ["BLOB", "x'ff00'", "/wA="],
    ["BLOB", "x'00'", "AA=="],
    ["BINARY(4)", "'ab'", "YWIAAA=="],
    ["BINARY(16)", "x'123e4567e89b12d3a456426614174000'", "Ej5FZ+ibEtOkVkJmFBdAAA=="],
    ["POINT", "PointFromText('POINT(1 2)')", "AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA=="],
  ])("%s %s is %j", async (type, value, text) => {
    expect(await textOf(type, value)).toBe(text);
  });

  it.each([
    "INT",
    "DECIMAL(5,2)",
    "DOUBLE",
    "BIT(1)",
    "DATE",
    "DATETIME(6)",
    "TIMESTAMP NULL",
    "TIME",
    "YEAR",
    "VARCHAR(5)",
    "ENUM('a')",
    "SET('a')",
    "JSON",
    "BLOB",
    "UUID",
  ])("NULL of %s is null", async type => {
    expect(await textOf(type, "NULL")).toBeNull();
  });

  it("gives the columns of a view, computed ones too", async () => {
    await server.database.query("CREATE TABLE base (id INT, on_ BIT(1), d DECIMAL(4,1))");
    await server.database.query("INSERT INTO base VALUES (1, b'1', 2.5)");
    await server.database.query(
      `CREATE VIEW computed AS SELECT id, on_, id = 1 AS flag, d * 2 AS twice, NULL AS nothing,
       CONCAT('id-', id) AS label, IF(id = 1, 'yes', 'no') AS word, HEX(id) AS hex FROM base`,
    );
    const columns = ["id", "on_", "flag", "twice", "nothing", "label", "word", "hex"];
    expect(await readAll(server.source({ table: "computed" }), columns)).toEqual([
      ["1", "1", "1", "5.0", null, "id-1", "yes", "1"],
    ]);
  });
});
