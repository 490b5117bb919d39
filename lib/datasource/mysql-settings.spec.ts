import { describe, expect, it } from "@jest/globals";
import { fingerprint, type MysqlSettings } from "./mysql-settings";

const settings: MysqlSettings = {
  host: "db",
  port: 3306,
  database: "shop",
  table: "customers",
  username: "lynq",
  password: "p4ss",
};

describe("fingerprint", () => {
  it("is the same for equal settings, defaults written out or not", () => {
    const spelledOut = { ...settings, connectTimeoutSeconds: 10, queryTimeoutSeconds: 60 };
    expect(fingerprint({ ...settings })).toBe(fingerprint(settings));
    expect(fingerprint(spelledOut)).toBe(fingerprint(settings));
  });

  it("changes with every setting", () => {
    const tls = { mode: "verify-ca", ca: "a" } as const;
    const changes: readonly Partial<MysqlSettings>[] = [
      {},
      { host: "other" },
      { port: 3307 },
      { database: "other" },
      { table: "other" },
      { username: "other" },
      { password: "other" },
      { connectTimeoutSeconds: 1 },
      { queryTimeoutSeconds: 1 },
      { tls: { mode: "required" } },
      { tls },
      { tls: { ...tls, ca: "b" } },
      { tls: { ...tls, cert: "c", key: "k" } },
      { tls: { ...tls, cert: "c", key: "l" } },
      { tls: { ...tls, serverName: "s" } },
      // The same characters, in other fields.
      { username: "lynqp4ss", password: "" },
    ];
    expect(new Set(changes.map(change => fingerprint({ ...settings, ...change }))).size).toBe(changes.length);
  });

  it("does not show what it is made of", () => {
    expect(fingerprint(settings)).toMatch(/^[0-9a-f]{64}$/);
  });
});
