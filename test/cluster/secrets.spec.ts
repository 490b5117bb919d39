import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("secrets");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE)");
  await scenario.sql("INSERT INTO nodes (id) VALUES ('acme')");
  await scenario.form("form", {
    configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}", spec: configMap() }],
  });
});

afterEach(() => scenario.close());

/** A hub whose connection has the given fields; it is read once an hour, so that what comes sooner was not a poll. */
async function hub(mysql: Record<string, unknown>, syncInterval = "1h"): Promise<void> {
  const { host, port } = scenario.environment.details.database;
  const { name, user } = scenario.database;
  const connection = { host, port, database: name, table: "nodes", ...mysql };
  const withUser = "usernameRef" in mysql ? connection : { username: user, ...connection };
  await scenario.hub({ spec: { syncInterval, source: { type: "mysql", mysql: withUser } } });
}

async function secret(name: string, stringData: Record<string, string>): Promise<void> {
  await scenario.apply({ apiVersion: "v1", kind: "Secret", metadata: { name }, stringData });
}

/** Waits until the hub says that it cannot read the table, and why. */
async function failure(): Promise<{ message: string; stalled: boolean }> {
  return eventually(async () => {
    const { status } = await scenario.hubObject();
    const ready = findCondition(status?.conditions, "Ready");
    expect(ready).toMatchObject({ status: "False", reason: "DatabaseConnectionFailed" });
    const stalled = findCondition(status?.conditions, "Stalled")?.status === "True";
    return { message: ready?.message ?? "", stalled };
  });
}

async function connected(): Promise<void> {
  await eventually(async () => {
    const { status } = await scenario.hubObject();
    expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True", reason: "DatabaseConnected" });
  });
}

/** As root: changes how the hub's user may log in. */
const alterUser = (how: string) =>
  scenario.environment.database.query(`ALTER USER '${scenario.database.user}'@'127.0.0.1' ${how}`);

const dropConnections = () => scenario.environment.database.query(`KILL USER '${scenario.database.user}'@'127.0.0.1'`);

describe("the Secret with the password", () => {
  const passwordRef = { name: "later", key: "password" };

  it("is missing: the hub says which, and goes on at once when it appears", async () => {
    await hub({ passwordRef });
    expect(await failure()).toEqual({
      message: `spec.source.mysql.passwordRef: Secret ${scenario.namespace}/later does not exist`,
      stalled: true,
    });
    expect(await scenario.nodes()).toEqual([]);
    await secret("later", { password: scenario.database.password });
    await scenario.ready("acme-form");
    await connected();
  });

  it("lacks the key: the hub says which, and goes on at once when it is added", async () => {
    await secret("later", { passwort: scenario.database.password });
    await hub({ passwordRef });
    expect(await failure()).toEqual({
      message: `spec.source.mysql.passwordRef: Secret ${scenario.namespace}/later has no key password`,
      stalled: true,
    });
    await secret("later", { password: scenario.database.password });
    await scenario.ready("acme-form");
  });

  it("is wrong: the hub says whom the server refuses and never the password, and goes on at once when it is right", async () => {
    await secret("later", { password: "not-the-password" });
    await hub({ passwordRef });
    const { message, stalled } = await failure();
    const { host, port } = scenario.environment.details.database;
    expect(message).toBe(
      `The database server ${host}:${port} refuses user "${scenario.database.user}" (ER_ACCESS_DENIED_ERROR, 1045). ` +
        "Check username and password, and that the user may connect from the operator's address.",
    );
    expect(stalled).toBe(true);
    await secret("later", { password: scenario.database.password });
    await scenario.ready("acme-form");
    const { stdout } = await scenario.kubectl([
      "get",
      "lynqhubs,lynqforms,lynqnodes,events,controllerrevisions",
      "-o",
      "yaml",
    ]);
    const log = await readFile(scenario.environment.details.operator?.logPath ?? "", "utf8");
    expect(log).toContain("stores are complete");
    for (const password of ["not-the-password", scenario.database.password]) {
      expect(stdout).not.toContain(password);
      expect(log).not.toContain(password);
    }
  });

  it("is rotated: the new password is used at once, and nothing is deleted in between", async () => {
    await hub({ passwordRef: { name: "mysql-secret", key: "password" } }, "1s");
    await scenario.ready("acme-form");
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ desired: 1, ready: 1 });
    });
    const before = (await scenario.get("v1", "ConfigMap", "acme")).metadata.uid;
    await alterUser("IDENTIFIED BY 'rotated-password'");
    await dropConnections();
    expect((await failure()).message).toContain("refuses user");
    await scenario.afterSyncs();
    expect((await scenario.get("v1", "ConfigMap", "acme")).metadata.uid).toBe(before);
    expect((await scenario.hubObject()).status).toMatchObject({ desired: 1, ready: 1 });

    await secret("mysql-secret", { password: "rotated-password" });
    await connected();
    await scenario.sql("INSERT INTO nodes (id) VALUES ('newcomer')");
    await scenario.ready("newcomer-form");
    expect((await scenario.get("v1", "ConfigMap", "acme")).metadata.uid).toBe(before);
  });

  it("goes away under a running hub: nothing is deleted, and the hub says so", async () => {
    await hub({ passwordRef: { name: "mysql-secret", key: "password" } }, "1s");
    await scenario.ready("acme-form");
    const before = (await scenario.get("v1", "ConfigMap", "acme")).metadata.uid;
    await scenario.kubectl(["delete", "secret", "mysql-secret"]);
    expect((await failure()).message).toBe(
      `spec.source.mysql.passwordRef: Secret ${scenario.namespace}/mysql-secret does not exist`,
    );
    await scenario.sql("DELETE FROM nodes");
    await scenario.sql("INSERT INTO nodes (id) VALUES ('acme')");
    expect((await scenario.get("v1", "ConfigMap", "acme")).metadata.uid).toBe(before);
    await secret("mysql-secret", { password: scenario.database.password });
    await connected();
    expect((await scenario.get("v1", "ConfigMap", "acme")).metadata.uid).toBe(before);
  });

  it("is not wanted: without passwordRef the user logs in without one", async () => {
    await alterUser("IDENTIFIED BY ''");
    await hub({});
    await scenario.ready("acme-form");
  });
});

describe("the user's name", () => {
  it("may come from a Secret, and is missed by the name of its field", async () => {
    await hub({
      usernameRef: { name: "account", key: "user" },
      passwordRef: { name: "mysql-secret", key: "password" },
    });
    expect((await failure()).message).toBe(
      `spec.source.mysql.usernameRef: Secret ${scenario.namespace}/account does not exist`,
    );
    await secret("account", { user: scenario.database.user });
    await scenario.ready("acme-form");
  });
});

describe("TLS", () => {
  const passwordRef = { name: "mysql-secret", key: "password" };
  const caRef = { name: "tls", key: "ca.crt" };
  const certRef = { name: "tls", key: "tls.crt" };
  const keyRef = { name: "tls", key: "tls.key" };

  beforeEach(async () => {
    const { caPath, certificatePath, keyPath } = scenario.environment.details.database.tls;
    await secret("tls", {
      "ca.crt": await readFile(caPath, "utf8"),
      "tls.crt": await readFile(certificatePath, "utf8"),
      "tls.key": await readFile(keyPath, "utf8"),
    });
  });

  it.each([
    ["left out", undefined],
    ["required", { mode: "required" }],
    ["verify-ca", { mode: "verify-ca", caRef }],
    ["verify-identity with the name in the certificate", { mode: "verify-identity", caRef, serverName: "localhost" }],
  ])("mode %s satisfies a user who may only log in encrypted", async (_mode, tls) => {
    await alterUser("REQUIRE SSL");
    await hub({ passwordRef, ...(tls === undefined ? {} : { tls }) });
    await scenario.ready("acme-form");
  });

  it("mode disabled does not", async () => {
    await alterUser("REQUIRE SSL");
    await hub({ passwordRef, tls: { mode: "disabled" } });
    expect((await failure()).message).toContain("refuses user");
  });

  it("a client certificate from a Secret satisfies a user who must show one", async () => {
    await alterUser("REQUIRE X509");
    await hub({ passwordRef, tls: { mode: "verify-ca", caRef } });
    expect((await failure()).message).toContain("refuses user");
    await hub({ passwordRef, tls: { mode: "verify-ca", caRef, certRef, keyRef } });
    await scenario.ready("acme-form");
  });

  it.each([
    ["a server of another authority", { mode: "verify-ca", caRef: { name: "tls", key: "tls.crt" } }, "certificate"],
    [
      "a server of another name",
      { mode: "verify-identity", caRef: { name: "tls", key: "ca.crt" }, serverName: "other.example" },
      "other.example",
    ],
  ])("%s is refused, and no row is read", async (_what, tls, word) => {
    await hub({ passwordRef, tls });
    const { message, stalled } = await failure();
    expect(message).toContain("No encrypted connection to the database server");
    expect(message).toContain(word);
    expect(stalled).toBe(true);
    expect(await scenario.nodes()).toEqual([]);
  });

  it("a key that is no key is told without showing it", async () => {
    await secret("tls", { "tls.key": "nonsense-instead-of-a-key" });
    await hub({ passwordRef, tls: { mode: "required", certRef, keyRef } });
    const { message } = await failure();
    expect(message).toContain("The TLS material is not usable");
    expect(message).not.toContain("nonsense");
  });

  it("a Secret with the authority that is missing is told by the name of its field", async () => {
    await hub({ passwordRef, tls: { mode: "verify-ca", caRef: { name: "nowhere", key: "ca.crt" } } });
    expect((await failure()).message).toBe(
      `spec.source.mysql.tls.caRef: Secret ${scenario.namespace}/nowhere does not exist`,
    );
  });
});
