import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConnectionError } from "./errors";
import { type ClusterConnection } from "./kubeconfig";
import { startServer, type Handler, type ScriptedServer, type ScriptedServerOptions } from "./testing/scripted-server";
import { Transport } from "./transport";

let folder = "";
let pair = { cert: "", key: "" };
let server: ScriptedServer | undefined;
let transport: Transport | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lynq-tls-"));
  const file = (name: string): string => join(folder, name);
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...[
        "-subj",
        "/CN=spec",
        "-addext",
        "subjectAltName=IP:127.0.0.1,DNS:api.spec",
        "-keyout",
        file("key"),
        "-out",
        file("crt"),
      ],
    ],
    { stdio: "ignore" },
  );
  pair = { cert: readFileSync(file("crt"), "utf8"), key: readFileSync(file("key"), "utf8") };
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

afterEach(async () => {
  transport?.close();
  await server?.close();
  server = undefined;
});

const hello: Handler = (_request, response) => {
  response.end("hello");
};

async function connect(
  handler: Handler,
  options: ScriptedServerOptions,
  change: (connection: ClusterConnection) => ClusterConnection,
): Promise<Transport> {
  server = await startServer(handler, options);
  transport = new Transport(change(server.connection), { maxSockets: 4 });
  return transport;
}

const get = { method: "GET", path: "/x", headers: {}, timeoutMs: 10_000 };

async function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no failure",
    (error: unknown) => (error instanceof ConnectionError && !error.requestSent ? error.code : "another failure"),
  );
}

describe("Transport over TLS", () => {
  it("trusts the authority that it is given, and keeps the connection", async () => {
    const transport = await connect(hello, { tls: pair }, plain => ({
      ...plain,
      tls: { ...plain.tls, ca: pair.cert },
    }));
    expect((await transport.send(get)).body).toBe("hello");
    await transport.send(get);
    expect(server?.connections).toBe(1);
  });

  it("trusts nobody else, and knows that nothing was sent", async () => {
    const transport = await connect(hello, { tls: pair }, plain => plain);
    expect(await code(transport.send(get))).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(server?.requests).toEqual([]);
  });

  it("checks the name in the certificate, or the name that it is told to expect", async () => {
    const named =
      (serverName: string) =>
      (plain: ClusterConnection): ClusterConnection => ({ ...plain, tls: { ...plain.tls, ca: pair.cert, serverName } });
    expect(await code((await connect(hello, { tls: pair }, named("other.spec"))).send(get))).toBe(
      "ERR_TLS_CERT_ALTNAME_INVALID",
    );
    await server?.close();
    expect((await (await connect(hello, { tls: pair }, named("api.spec"))).send(get)).status).toBe(200);
  });

  it("shows its own certificate", async () => {
    const handler: Handler = (request, response) => {
      response.end("authorized" in request.socket && request.socket.authorized === true ? "known" : "unknown");
    };
    const tls = { ...pair, ca: pair.cert, requestCert: true };
    const transport = await connect(handler, { tls }, plain => ({
      ...plain,
      tls: { ...plain.tls, ca: pair.cert, ...pair },
    }));
    expect((await transport.send(get)).body).toBe("known");
  });

  it("asks nothing when told to trust anybody", async () => {
    const transport = await connect(hello, { tls: pair }, plain => ({ ...plain, tls: { insecureSkipVerify: true } }));
    expect((await transport.send(get)).body).toBe("hello");
  });
});

describe("Transport", () => {
  it("keeps the path of the server's URL, as a gateway needs it", async () => {
    const transport = await connect(hello, {}, plain => ({ ...plain, server: `${plain.server}/k8s/clusters/c-1` }));
    await transport.send({ ...get, path: "/api/v1?limit=1" });
    expect(server?.requests.map(({ path, query }) => [path, query.get("limit")])).toEqual([
      ["/k8s/clusters/c-1/api/v1", "1"],
    ]);
  });

  it("counts the bytes of a body, not its characters", async () => {
    const transport = await connect(hello, {}, plain => plain);
    await transport.send({ ...get, method: "PATCH", body: '{"a":"é→😀"}' });
    expect([server?.requests[0]?.body, server?.requests[0]?.headers["content-length"]]).toEqual(['{"a":"é→😀"}', "17"]);
  });

  it("reads characters that are cut between two chunks of a stream", async () => {
    const bytes = Buffer.from("é→😀");
    const transport = await connect(
      (_request, response) => {
        response.write(bytes.subarray(0, 1));
        setImmediate(() => setImmediate(() => response.end(bytes.subarray(1))));
      },
      {},
      plain => plain,
    );
    let text = "";
    for await (const chunk of (await transport.open(get)).chunks) text += chunk;
    expect(text).toBe("é→😀");
  });

  it("lets watches stay open without taking the places of requests", async () => {
    const transport = await connect(
      (request, response) => {
        if (request.path === "/watch") response.write("{}\n");
        else response.end("hello");
      },
      {},
      plain => plain,
    );
    const streams = await Promise.all(Array.from({ length: 8 }, () => transport.open({ ...get, path: "/watch" })));
    expect((await transport.send(get)).body).toBe("hello");
    for (const stream of streams) stream.close();
  });

  it("reports a stream that breaks, and one that we close", async () => {
    const transport = await connect(
      (request, response) => {
        response.write("{}\n");
        if (request.path === "/break") setImmediate(() => request.socket.destroy());
      },
      {},
      plain => plain,
    );
    const read = async (path: string, close: boolean): Promise<string> => {
      const stream = await transport.open({ ...get, path });
      try {
        for await (const chunk of stream.chunks) if (chunk !== "" && close) stream.close();
        return "ended";
      } catch (error) {
        return error instanceof ConnectionError ? error.code : "another failure";
      }
    };
    expect(await read("/break", false)).toBe("ECONNRESET");
    expect(await read("/watch", true)).toBe("CLOSED");
  });

  it("fails what is under way when it is closed", async () => {
    const transport = await connect(
      () => {
        transport.close();
      },
      {},
      plain => plain,
    );
    await expect(transport.send(get)).rejects.toBeInstanceOf(ConnectionError);
  });
});
