import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ApiClient } from "./client";
import { ConnectionError } from "./errors";
import { type ApiResource } from "./resource";
import { sendJson, startServer, type ScriptedServer } from "./testing/scripted-server";
import { NotPermittedError, type WritePermit } from "./write-permit";

const CONFIG_MAPS: ApiResource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
  verbs: [],
};
const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "shop", name: "one" } };

/** A permit that is asked and told as a spec wants. */
class ScriptedPermit implements WritePermit {
  left = 5_000;
  /** So many questions are answered by yes. */
  granted = Infinity;
  readonly ended: boolean[] = [];

  check(): void {
    if (this.granted-- <= 0) throw new NotPermittedError("it is over");
  }

  begin(): number {
    this.check();
    return this.left;
  }

  end(answered: boolean): void {
    this.ended.push(answered);
  }
}

let server: ScriptedServer;
let permit: ScriptedPermit;
let client: ApiClient;
let silent = false;

beforeEach(async () => {
  silent = false;
  server = await startServer((_request, response) => {
    if (!silent) sendJson(response, 200, configMap);
  });
  permit = new ScriptedPermit();
  client = new ApiClient(server.connection).permittedBy(permit);
});

afterEach(async () => {
  client.close();
  await server.close();
});

const apply = (by = client) => by.apply(CONFIG_MAPS, configMap, { fieldManager: "lynq", force: true });

describe("a write that needs a permit", () => {
  it("tells the API server for how long it counts, on a new connection and on one that is there", async () => {
    await apply();
    permit.left = 1_234.5;
    await apply();
    expect(server.connections).toBe(1);
    expect(server.requests.map(({ query }) => [query.get("fieldManager"), query.get("timeout")])).toEqual([
      ["lynq", "5000ms"],
      ["lynq", "1234ms"],
    ]);
    expect(server.requests[1]?.body).toBe(JSON.stringify(configMap));
    expect(permit.ended).toEqual([true, true]);
  });

  it("leaves no byte when the permit ends while it waits for its connection", async () => {
    permit.granted = 1;
    await expect(apply()).rejects.toThrow(new NotPermittedError("it is over"));
    expect(server.requests).toEqual([]);
    expect(permit.ended).toEqual([]);
  });

  it("does not even look for a connection when there is none to begin with", async () => {
    permit.granted = 0;
    await expect(apply()).rejects.toThrow("it is over");
    expect(server.connections).toBe(0);
  });

  it("is bound by it also when it acts as somebody else", async () => {
    permit.granted = 0;
    await expect(apply(client.as({ user: "jane" }))).rejects.toThrow("it is over");
  });

  it("is cut off when its time is over, and nobody knows whether it was done", async () => {
    silent = true;
    permit.left = 50;
    const failed = await apply().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConnectionError);
    expect(failed).toMatchObject({
      code: "TIMEOUT",
      requestSent: true,
      message: "PATCH was not answered within the 50 ms that were left for writes.",
    });
    expect(permit.ended).toEqual([false]);
  });

  it("asks again before it is tried again", async () => {
    let refused = false;
    await server.close();
    server = await startServer((_request, response) => {
      if (refused) sendJson(response, 200, configMap);
      else response.writeHead(503, { "Retry-After": "0" }).end();
      refused = true;
    });
    client = new ApiClient(server.connection).permittedBy(permit);
    permit.granted = 2;
    await expect(apply()).rejects.toThrow("it is over");
    expect(server.requests).toHaveLength(1);
  });

  it("is nothing that a read needs", async () => {
    permit.granted = 0;
    await client.get(CONFIG_MAPS, { namespace: "shop", name: "one" });
    expect(server.requests[0]?.query.get("timeout")).toBeNull();
  });
});
