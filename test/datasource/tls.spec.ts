import { readFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { type MysqlTls } from "../../lib/datasource/mysql-settings";
import { readAll, rejection, START_TIMEOUT_MS, TestServer } from "./server";

let server: TestServer;
let ca: string;
let cert: string;
let key: string;

beforeAll(async () => {
  server = await TestServer.start();
  const { caPath, certificatePath, keyPath } = server.mariadb.tls;
  ca = await readFile(caPath, "utf8");
  cert = await readFile(certificatePath, "utf8");
  key = await readFile(keyPath, "utf8");
}, START_TIMEOUT_MS);
afterEach(() => server.closeSources());
afterAll(() => server.end());

/** The cipher of a source's own session, empty when it is not encrypted. */
async function cipherOf(settings: Parameters<TestServer["source"]>[0]): Promise<string | null | undefined> {
  const source = server.source({ table: "information_schema.SESSION_STATUS", ...settings });
  const rows = await readAll(source, ["VARIABLE_NAME", "VARIABLE_VALUE"]);
  return rows.find(([name]) => name === "SSL_CIPHER")?.[1];
}

describe("tls.mode", () => {
  it("disabled does not encrypt", async () => {
    expect(await cipherOf({ tls: { mode: "disabled" } })).toBe("");
  });

  it.each<[string, MysqlTls | undefined]>([
    ["left out", undefined],
    ["preferred", { mode: "preferred" }],
    ["required", { mode: "required" }],
  ])("%s encrypts without asking who the server is", async (_mode, tls) => {
    expect(await cipherOf({ tls })).toMatch(/^TLS_|GCM|CHACHA/);
  });

  it("verify-ca accepts the server of its CA under every name", async () => {
    expect(await cipherOf({ tls: { mode: "verify-ca", ca } })).not.toBe("");
    expect(await cipherOf({ tls: { mode: "verify-ca", ca, serverName: "other.example" } })).not.toBe("");
  });

  it.each(["verify-ca", "verify-identity"] as const)("%s refuses a server of another CA", async mode => {
    for (const other of [undefined, cert]) {
      const tls = { mode, ca: other, serverName: "localhost" };
      expect(await rejection(cipherOf({ tls }))).toMatchObject({
        kind: "tls",
        message: expect.stringMatching(/certificate/),
      });
    }
  });

  it("verify-identity accepts the name in the certificate, as host or as tls.serverName", async () => {
    expect(await cipherOf({ host: "localhost", tls: { mode: "verify-identity", ca } })).not.toBe("");
    expect(await cipherOf({ tls: { mode: "verify-identity", ca, serverName: "localhost" } })).not.toBe("");
  });

  it("verify-identity refuses another name", async () => {
    const tls: MysqlTls = { mode: "verify-identity", ca, serverName: "other.example" };
    expect(await rejection(cipherOf({ tls }))).toMatchObject({
      kind: "tls",
      message: expect.stringMatching(/other\.example/),
    });
  });

  it("holds for every connection, not only for the first", async () => {
    const tls: MysqlTls = { mode: "verify-identity", ca, serverName: "localhost" };
    const source = server.source({ table: "information_schema.SESSION_STATUS", tls });
    const reads = await Promise.all(
      Array.from({ length: 3 }, () => readAll(source, ["VARIABLE_NAME", "VARIABLE_VALUE"])),
    );
    for (const rows of reads) expect(rows).toContainEqual(["SSL_VERSION", expect.stringMatching(/^TLSv1/)]);
  });
});

describe("a user who must show a certificate", () => {
  beforeAll(async () => {
    await server.mariadb.query(`ALTER USER '${server.database.user}'@'127.0.0.1' REQUIRE X509`);
  });
  afterAll(() => server.mariadb.query(`ALTER USER '${server.database.user}'@'127.0.0.1' REQUIRE NONE`));

  it("is let in with it", async () => {
    expect(await cipherOf({ tls: { mode: "verify-ca", ca, cert, key } })).not.toBe("");
  });

  it("is refused without it", async () => {
    expect(await rejection(cipherOf({ tls: { mode: "verify-ca", ca } }))).toMatchObject({ kind: "authentication" });
  });
});

describe("a server without TLS", () => {
  const CLIENT_SSL = 0x0800;
  let plain: Server;
  let port: number;

  /** A way to the server that takes the offer of TLS out of its greeting. */
  beforeAll(async () => {
    plain = createServer(client => {
      const upstream = connect(server.mariadb.port, server.mariadb.host);
      let greeted = false;
      upstream.on("data", chunk => {
        if (!greeted) {
          greeted = true;
          // Header, protocol version, the server's version up to NUL, thread, scramble, filler: then the capabilities.
          const capabilities = chunk.indexOf(0, 5) + 1 + 4 + 8 + 1;
          chunk.writeUInt16LE(chunk.readUInt16LE(capabilities) & ~CLIENT_SSL, capabilities);
        }
        client.write(chunk);
      });
      client.pipe(upstream);
      const end = (): void => {
        client.destroy();
        upstream.destroy();
      };
      for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    });
    await new Promise<void>(resolve => plain.listen(0, "127.0.0.1", resolve));
    port = (plain.address() as AddressInfo).port;
  });
  afterAll(() => new Promise(resolve => plain.close(resolve)));

  it("is read all the same where TLS is only preferred", async () => {
    expect(await cipherOf({ port })).toBe("");
  });

  it.each(["required", "verify-ca"] as const)("is refused where TLS is %s", async mode => {
    expect(await rejection(cipherOf({ port, tls: { mode, ca } }))).toMatchObject({
      kind: "tls",
      message: expect.stringMatching(/offers none/),
    });
  });
});
