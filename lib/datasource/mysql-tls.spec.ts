import { describe, expect, it } from "@jest/globals";
import { DataSourceError } from "./data-source-error";
import { type MysqlTls } from "./mysql-settings";
import { tlsPlan } from "./mysql-tls";

const plan = (tls?: MysqlTls, host = "db.example"): ReturnType<typeof tlsPlan> =>
  tlsPlan({
    host,
    port: 3306,
    database: "d",
    table: "t",
    username: "u",
    password: "p",
    ...(tls !== undefined && { tls }),
  });

describe("tlsPlan", () => {
  it("is none where TLS is disabled", () => {
    expect(plan({ mode: "disabled" })).toBeUndefined();
  });

  it.each([
    [undefined, { rejectUnauthorized: false, verifyIdentity: false }, true],
    ["preferred", { rejectUnauthorized: false, verifyIdentity: false }, true],
    ["required", { rejectUnauthorized: false, verifyIdentity: false }, false],
    ["verify-ca", { rejectUnauthorized: true, verifyIdentity: false }, false],
    ["verify-identity", { rejectUnauthorized: true, verifyIdentity: true }, false],
  ] as const)("of mode %s", (mode, options, optional) => {
    expect(plan(mode && { mode })).toEqual({ options, optional, serverName: "db.example" });
  });

  const refused: readonly [string, MysqlTls, string, RegExp][] = [
    ["a certificate without its key", { mode: "required", cert: "x" }, "db", /belong together/],
    ["a key without its certificate", { mode: "required", key: "k3y" }, "db", /belong together/],
    ["material that is not PEM", { mode: "required", cert: "x", key: "k3y" }, "db", /must be PEM/],
    ["an address to be identified", { mode: "verify-identity" }, "10.0.0.5", /10\.0\.0\.5 is an address/],
    ["an IPv6 address to be identified", { mode: "verify-identity", serverName: "::1" }, "db", /::1 is an address/],
  ];

  it.each(refused)("refuses %s", (_what, tls, host, message) => {
    expect(() => plan(tls, host)).toThrow(DataSourceError);
    expect(() => plan(tls, host)).toThrow(message);
    expect(() => plan(tls, host)).not.toThrow(/k3y/);
  });
});
