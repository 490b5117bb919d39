import { afterEach, describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../blueprint/object";
import { ApiClient } from "./client";
import { type ApiClientOptions, type RequestObservation } from "./client-options";
import { ApiError, ConnectionError, UnexpectedResponseError } from "./errors";
import { type ApiResource } from "./resource";
import { sendJson, sendStatus, startServer, type Handler, type ScriptedServer } from "./testing/scripted-server";

const configMaps: ApiResource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
  verbs: [],
};
const web: KubernetesObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "shop", name: "web" },
  data: { a: "1" },
};
const key = { namespace: "shop", name: "web" };
const PATH = "/api/v1/namespaces/shop/configmaps";
const QUICK = { attempts: 3, baseMs: 1, capMs: 2, maxRetryAfterMs: 5_000 };

let server: ScriptedServer | undefined;
let client: ApiClient | undefined;

async function connect(
  handler: Handler,
  options: ApiClientOptions = {},
): Promise<{ server: ScriptedServer; client: ApiClient }> {
  const started = await startServer(handler);
  server = started;
  client = new ApiClient(started.connection, { retry: QUICK, ...options });
  return { server: started, client };
}

afterEach(async () => {
  client?.close();
  await server?.close();
});

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It did not fail.");
}

describe("the verbs of ApiClient", () => {
  const echo: Handler = (_request, response) => {
    sendJson(response, 200, web);
  };

  it("applies on the server's side and tells created from changed", async () => {
    const { client, server } = await connect((request, response) => {
      sendJson(response, request.number === 1 ? 201 : 200, web);
    });
    const options = { fieldManager: "lynq", force: true, dryRun: true, fieldValidation: "Strict" } as const;
    expect(await client.apply(configMaps, web, options)).toEqual({ object: web, created: true });
    expect((await client.apply(configMaps, web, { fieldManager: "lynq" })).created).toBe(false);
    const [first, second] = server.requests;
    expect([first?.method, first?.path, first?.headers["content-type"]]).toEqual([
      "PATCH",
      `${PATH}/web`,
      "application/apply-patch+yaml",
    ]);
    expect(Object.fromEntries(first?.query ?? [])).toEqual({
      fieldManager: "lynq",
      force: "true",
      dryRun: "All",
      fieldValidation: "Strict",
    });
    expect(JSON.parse(first?.body ?? "")).toEqual(web);
    expect(Object.fromEntries(second?.query ?? [])).toEqual({ fieldManager: "lynq", force: "false" });
  });

  it("sends patches with their types, and status to its subresource", async () => {
    const { client, server } = await connect(echo);
    await client.mergePatch(configMaps, key, { data: null });
    await client.jsonPatch(configMaps, key, [{ op: "remove", path: "/data" }]);
    await client.patchStatus(configMaps, key, { phase: "x" }, { fieldManager: "lynq" });
    await client.replace(configMaps, web, { subresource: "status" });
    expect(
      server.requests.map(({ method, path, headers, body }) => [method, path, headers["content-type"], body]),
    ).toEqual([
      ["PATCH", `${PATH}/web`, "application/merge-patch+json", '{"data":null}'],
      ["PATCH", `${PATH}/web`, "application/json-patch+json", '[{"op":"remove","path":"/data"}]'],
      ["PATCH", `${PATH}/web/status`, "application/merge-patch+json", '{"status":{"phase":"x"}}'],
      ["PUT", `${PATH}/web/status`, "application/json", JSON.stringify(web)],
    ]);
  });

  it("deletes with preconditions and a propagation policy", async () => {
    const { client, server } = await connect(echo);
    await client.delete(configMaps, key, {
      preconditions: { uid: "u", resourceVersion: "7" },
      propagationPolicy: "Foreground",
    });
    expect(server.requests[0]?.method).toBe("DELETE");
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({
      apiVersion: "v1",
      kind: "DeleteOptions",
      preconditions: { uid: "u", resourceVersion: "7" },
      propagationPolicy: "Foreground",
    });
  });

  it("creates in the collection, and says who it is", async () => {
    const { client, server } = await connect(echo, { userAgent: "spec/1" });
    await client.create(configMaps, web);
    expect([server.requests[0]?.method, server.requests[0]?.path, server.requests[0]?.headers["user-agent"]]).toEqual([
      "POST",
      PATH,
      "spec/1",
    ]);
  });

  it("acts as somebody else over the same connections", async () => {
    const { client, server } = await connect(echo);
    await client.get(configMaps, key);
    await client.as({ user: "system:serviceaccount:shop:rows", groups: ["a", "b"] }).get(configMaps, key);
    const headers = server.requests[1]?.headers ?? {};
    expect([headers["impersonate-user"], headers["impersonate-group"]]).toEqual([
      "system:serviceaccount:shop:rows",
      "a, b",
    ]);
    expect(server.requests[0]?.headers["impersonate-user"]).toBeUndefined();
    expect(server.connections).toBe(1);
  });

  it("keeps to its number of connections, however many requests wait", async () => {
    const { client, server } = await connect(
      (_request, response) =>
        setImmediate(() => {
          sendJson(response, 200, web);
        }),
      { maxSockets: 3 },
    );
    await Promise.all(Array.from({ length: 40 }, () => client.get(configMaps, key)));
    expect([server.requests.length, server.connections]).toEqual([40, 3]);
  });

  it("refuses impossible names before anything is sent", async () => {
    const { client, server } = await connect(echo);
    await expect(client.get(configMaps, { namespace: "shop", name: "../secrets/x" })).rejects.toThrow(
      "impossible name",
    );
    await expect(
      client.apply(configMaps, { ...web, metadata: { namespace: "shop" } }, { fieldManager: "lynq" }),
    ).rejects.toThrow("impossible name");
    expect(server.requests).toEqual([]);
  });

  it("says so when the answer is not an API server's", async () => {
    const { client } = await connect((request, response) => {
      response.end(request.number === 1 ? "<html>" : '{"hello":"world"}');
    });
    expect(await failure(client.get(configMaps, key))).toBeInstanceOf(UnexpectedResponseError);
    await expect(client.get(configMaps, key)).rejects.toThrow("not a Kubernetes object");
  });
});

describe("lists", () => {
  const page = (names: string[], token?: string) => ({
    kind: "ConfigMapList",
    apiVersion: "v1",
    metadata: { resourceVersion: "42", ...(token === undefined ? {} : { continue: token }) },
    items: names.map(name => ({ metadata: { name } })),
  });

  it("come page by page; items get the kind that the server leaves out", async () => {
    const { client, server } = await connect((request, response) => {
      sendJson(response, 200, request.query.has("continue") ? page(["c"]) : page(["a", "b"], "more+/="));
    });
    const { items, resourceVersion } = await client.list(configMaps, {
      limit: 2,
      labelSelector: "a in (b,c)",
      resourceVersion: "0",
    });
    expect(items.map(item => [item.apiVersion, item.kind, item.metadata.name])).toEqual([
      ["v1", "ConfigMap", "a"],
      ["v1", "ConfigMap", "b"],
      ["v1", "ConfigMap", "c"],
    ]);
    expect(resourceVersion).toBe("42");
    expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { labelSelector: "a in (b,c)", limit: "2", resourceVersion: "0" },
      { labelSelector: "a in (b,c)", limit: "2", continue: "more+/=" },
    ]);
  });

  it("start again once when the continue token has expired", async () => {
    const { client, server } = await connect((request, response) => {
      if (request.number === 2) sendStatus(response, 410, "Expired", "The provided continue parameter is too old");
      else sendJson(response, 200, request.query.has("continue") ? page(["b"]) : page(["a"], "t"));
    });
    expect((await client.list(configMaps)).items.map(item => item.metadata.name)).toEqual(["a", "b"]);
    expect(server.requests).toHaveLength(4);
  });

  it("ask for metadata alone, and hide that the server calls it another kind", async () => {
    const { client, server } = await connect((_request, response) => {
      const items = [{ apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: { name: "a" } }];
      sendJson(response, 200, { metadata: { resourceVersion: "1" }, items });
    });
    expect((await client.list(configMaps, { metadataOnly: true })).items).toEqual([
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } },
    ]);
    expect(server.requests[0]?.headers.accept).toContain("PartialObjectMetadataList");
  });

  it("may be empty, which Go writes as null, but must be lists", async () => {
    const { client } = await connect((request, response) => {
      sendJson(response, 200, request.number === 1 ? { metadata: { resourceVersion: "1" }, items: null } : web);
    });
    expect((await client.list(configMaps)).items).toEqual([]);
    await expect(client.list(configMaps)).rejects.toThrow("not a list");
  });
});

describe("retries", () => {
  it("wait for a server that is busy, also with creates, and count every exchange", async () => {
    const seen: RequestObservation[] = [];
    const { client } = await connect(
      (request, response) => {
        if (request.number === 1) sendStatus(response, 429, "TooManyRequests", "slow down", {}, { "Retry-After": "0" });
        else sendJson(response, 201, web);
      },
      { observe: observation => seen.push(observation) },
    );
    await client.create(configMaps, web);
    expect(seen.map(({ verb, resource, code }) => [verb, resource, code])).toEqual([
      ["create", "configmaps", 429],
      ["create", "configmaps", 201],
    ]);
    expect(client.load.limit).toBeLessThan(64);
  });

  it("end after the last attempt with the server's error", async () => {
    const { client, server } = await connect((_request, response) => {
      sendStatus(response, 503, "ServiceUnavailable", "not yet");
    });
    const error = await failure(client.get(configMaps, key));
    expect(error instanceof ApiError && [error.status, error.serverMessage]).toEqual([503, "not yet"]);
    expect(server.requests).toHaveLength(QUICK.attempts);
  });

  it("repeat an apply after a reset, but never a create or a JSON patch", async () => {
    const { client, server } = await connect((request, response) => {
      if (request.number % 2 === 1) request.socket.destroy();
      else sendJson(response, 200, web);
    });
    await client.apply(configMaps, web, { fieldManager: "lynq" });
    expect(server.requests).toHaveLength(2);
    const error = await failure(client.create(configMaps, web));
    expect(error instanceof ConnectionError && [error.code, error.requestSent]).toEqual(["ECONNRESET", true]);
    expect(server.requests).toHaveLength(3);
    await client.get(configMaps, key);
    expect(await failure(client.jsonPatch(configMaps, key, []))).toBeInstanceOf(ConnectionError);
    expect(server.requests).toHaveLength(5);
  });

  it("repeat a create that found nobody at home", async () => {
    const gone = await startServer(() => undefined);
    await gone.close();
    const codes: (number | string)[] = [];
    client = new ApiClient(gone.connection, { retry: QUICK, observe: ({ code }) => codes.push(code) });
    const error = await failure(client.create(configMaps, web));
    expect(error instanceof ConnectionError && [error.code, error.requestSent]).toEqual(["ECONNREFUSED", false]);
    expect(codes).toEqual(["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"]);
  });

  it("do not hide a response that breaks off in the middle", async () => {
    const { client, server } = await connect((request, response) => {
      if (request.number > 1) {
        sendJson(response, 200, web);
        return;
      }
      response.writeHead(200, { "Content-Length": "1000" });
      response.write('{"apiVersion":', () => request.socket.destroy());
    });
    expect(await client.get(configMaps, key)).toEqual(web);
    expect(server.requests).toHaveLength(2);
  });

  it("end when the signal is aborted, while waiting for the next attempt and while waiting for the answer", async () => {
    const abort = new AbortController();
    const { client, server } = await connect((_request, response) => {
      sendStatus(response, 429, "TooManyRequests", "busy", {}, { "Retry-After": "4" });
      setImmediate(() => {
        abort.abort(new Error("shutting down"));
      });
    });
    await expect(client.get(configMaps, key, { signal: abort.signal })).rejects.toThrow("shutting down");
    expect(server.requests).toHaveLength(1);
    await expect(client.get(configMaps, key, { signal: abort.signal })).rejects.toThrow("shutting down");
    expect(server.requests).toHaveLength(1);
    expect(client.load).toMatchObject({ running: 0, waiting: 0 });
  });

  it("give up on a server that does not answer in time, and say which request it was", async () => {
    const { client, server } = await connect(() => undefined);
    const abort = new AbortController();
    const aborted = client.get(configMaps, key, { signal: abort.signal });
    const timedOut = failure(client.get(configMaps, key, { timeoutMs: 1_000 }));
    const error = await timedOut;
    expect(error instanceof ConnectionError && [error.code, error.requestSent]).toEqual(["TIMEOUT", true]);
    expect(String(error)).toContain(`GET ${PATH}/web`);
    abort.abort(new Error("shutting down"));
    await expect(aborted).rejects.toThrow("shutting down");
    expect(server.requests).toHaveLength(2);
    expect(client.load).toMatchObject({ running: 0, waiting: 0 });
  });
});

describe("tokens", () => {
  it("are renewed once when the server refuses them", async () => {
    const started = await startServer((request, response) => {
      if (request.headers.authorization === "Bearer new") sendJson(response, 200, web);
      else sendStatus(response, 401, "Unauthorized", "Unauthorized");
    });
    server = started;
    let token = "old";
    const renewals: boolean[] = [];
    const source = {
      get: (refresh = false) => {
        renewals.push(refresh);
        if (refresh) token = "new";
        return Promise.resolve(token);
      },
    };
    client = new ApiClient({ ...started.connection, token: source }, { retry: QUICK });
    expect(await client.get(configMaps, key)).toEqual(web);
    expect(renewals).toEqual([false, true]);
  });

  it("that stay refused are not tried for ever", async () => {
    const { client: anonymous, server: strict } = await connect((_request, response) => {
      sendStatus(response, 401, "Unauthorized", "Unauthorized");
    });
    await expect(anonymous.get(configMaps, key)).rejects.toThrow("401 Unauthorized");
    expect(strict.requests).toHaveLength(1);
    const token = { get: () => Promise.resolve("never right") };
    await expect(new ApiClient({ ...strict.connection, token }).get(configMaps, key)).rejects.toThrow(
      "401 Unauthorized",
    );
    expect(strict.requests).toHaveLength(3);
  });
});
