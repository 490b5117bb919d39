import { describe, expect, it } from "@jest/globals";
import { DataSourceError } from "./data-source-error";
import { fromDriverError, isMissingTable } from "./mysql-error";

const settings = {
  host: "db",
  port: 3306,
  database: "shop",
  table: "customers",
  username: "lynq",
  password: "p4ssw0rd",
};

const driverError = (fields: object): Error => Object.assign(new Error("the server's words"), fields);

describe("fromDriverError", () => {
  it.each([
    ["connect", { code: "ECONNREFUSED", errno: -111 }, "unreachable"],
    ["connect", { code: "ENOTFOUND", errno: -3008 }, "unreachable"],
    ["connect", { code: "PROTOCOL_CONNECTION_LOST" }, "unreachable"],
    ["connect", { code: "ER_CON_COUNT_ERROR", errno: 1040 }, "unreachable"],
    ["connect", { code: "HANDSHAKE_UNKNOWN_ERROR" }, "unreachable"],
    ["connect", { code: "ETIMEDOUT", errno: -110 }, "timeout"],
    ["connect", { code: "HANDSHAKE_SSL_ERROR" }, "tls"],
    ["connect", { code: "ER_SECURE_TRANSPORT_REQUIRED", errno: 3159 }, "tls"],
    ["connect", { code: "ER_ACCESS_DENIED_ERROR", errno: 1045 }, "authentication"],
    ["connect", { code: "AUTH_SWITCH_PLUGIN_ERROR" }, "authentication"],
    ["connect", { code: "ER_BAD_DB_ERROR", errno: 1049 }, "unknown-database"],
    ["connect", { code: "ER_DBACCESS_DENIED_ERROR", errno: 1044 }, "permission"],
    ["query", { code: "ER_NO_SUCH_TABLE", errno: 1146 }, "unknown-table"],
    ["query", { code: "ER_BAD_FIELD_ERROR", errno: 1054 }, "unknown-column"],
    ["query", { code: "ER_STATEMENT_TIMEOUT", errno: 1969 }, "timeout"],
    ["query", { code: "ER_QUERY_TIMEOUT", errno: 3024 }, "timeout"],
    ["query", { code: "ER_QUERY_INTERRUPTED", errno: 1317 }, "interrupted"],
    ["query", { code: "ECONNRESET", errno: -104 }, "interrupted"],
    ["query", { code: "PROTOCOL_PACKETS_OUT_OF_ORDER" }, "interrupted"],
    ["query", {}, "interrupted"],
    ["query", { code: "ER_WHATEVER", errno: 9999 }, "query"],
  ] as const)("while in %s takes %j for %s", (phase, fields, kind) => {
    const error = fromDriverError(driverError(fields), settings, phase);
    expect(error).toBeInstanceOf(DataSourceError);
    expect(error.kind).toBe(kind);
    expect(error.message).toContain("db:3306");
    expect(error.message).not.toContain(settings.password);
  });

  it("passes on the server's words only where they cannot hold a value", () => {
    const words = (errno: number): string =>
      fromDriverError(driverError({ errno, code: "ER_X" }), settings, "query").message;
    expect(words(1054)).toContain("the server's words");
    expect(words(1366)).not.toContain("the server's words");
    expect(words(1366)).toContain("ER_X, 1366");
  });

  it("leaves errors of ours as they are", () => {
    const ours = new DataSourceError("timeout", "too late");
    expect(fromDriverError(ours, settings, "query")).toBe(ours);
  });

  it("makes do with what is no error at all", () => {
    expect(fromDriverError("thrown text", settings, "query")).toMatchObject({ kind: "interrupted" });
  });
});

describe("isMissingTable", () => {
  it("includes a table that the user may not see", () => {
    const of = (fields: object): boolean => isMissingTable(fromDriverError(driverError(fields), settings, "query"));
    expect(of({ errno: 1146, code: "ER_NO_SUCH_TABLE" })).toBe(true);
    expect(of({ errno: 1142, code: "ER_TABLEACCESS_DENIED_ERROR" })).toBe(true);
    expect(of({ errno: 1054, code: "ER_BAD_FIELD_ERROR" })).toBe(false);
    expect(of({ code: "ECONNRESET" })).toBe(false);
  });
});
