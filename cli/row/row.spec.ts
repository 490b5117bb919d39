import { describe, expect, it } from "@jest/globals";
import { parseDatabaseUrl } from "./database-url";
import { readRow } from "./row-text";

describe("readRow", () => {
  it("keeps the digits of numbers, and writes what a database would", () => {
    const text = `{
\t"id": 9007199254740993, "price": 19.90, "on": true, "off": false, "none": null, "word": "yes", "number": "007",
\t"json": {"a": [1, "x"]}, "list": [], "smile": "\\ud83d\\ude00", "date": "2024-01-31"
}`;
    expect(Object.fromEntries(readRow({ name: "row.json", text }))).toEqual({
      id: "9007199254740993",
      price: "19.90",
      on: "1",
      off: "0",
      none: null,
      word: "yes",
      number: "007",
      json: '{"a":[1,"x"]}',
      list: "[]",
      smile: "😀",
      date: "2024-01-31",
    });
  });

  it.each(["[1]", "5", "", '{"password": "hunter2", '])("refuses %j without repeating it", text => {
    expect(() => readRow({ name: "row.json", text })).toThrow(/^row\.json is (?:neither JSON nor YAML|no row: .*)$/);
  });
});

describe("parseDatabaseUrl", () => {
  it("reads every part", () => {
    expect(parseDatabaseUrl("mysql://re%40der:p%3Aw@db.example:3307/nodes?ssl-mode=VERIFY_IDENTITY", "other")).toEqual({
      host: "db.example",
      port: 3307,
      username: "re@der",
      password: "p:w",
      database: "nodes",
      tls: { mode: "verify-identity" },
    });
  });

  it("leaves out what the hub and the environment know", () => {
    expect(parseDatabaseUrl("mariadb://reader@[::1]", "from-env")).toEqual({
      host: "::1",
      port: 3306,
      username: "reader",
      password: "from-env",
      database: undefined,
    });
  });

  it.each([
    "hunter2",
    "postgres://u:hunter2@h/d",
    "mysql://:hunter2@h/d",
    "mysql://u:hunter2@h/d?ssl-mode=hunter2",
    "mysql://u:hunter2@h/d?ssl=1",
    "mysql://u:hunter2%@h/d",
  ])("refuses %s without repeating its password", url => {
    let message = "";
    try {
      parseDatabaseUrl(url, undefined);
    } catch (error) {
      message = error instanceof Error ? `${error.name} ${error.message}` : "";
    }
    expect(message).toMatch(/^DatabaseUrlError /);
    expect(message).not.toContain("hunter2");
  });
});
