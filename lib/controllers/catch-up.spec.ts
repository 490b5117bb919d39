import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ApiClient } from "../cluster";
import { ManualClock } from "../cluster/testing/manual-clock";
import { sendJson, sendStatus, startServer, type ScriptedServer } from "../cluster/testing/scripted-server";
import { caughtUp } from "./catch-up";
import { FORMS } from "./kinds";

let server: ScriptedServer;
let client: ApiClient;
let served = true;

beforeEach(async () => {
  served = true;
  server = await startServer((_request, response) => {
    if (!served) {
      sendStatus(response, 404, "NotFound", "the server could not find the requested resource");
      return;
    }
    const items = ["a", "b"].map(name => ({ metadata: { namespace: "shop", name, resourceVersion: "20" } }));
    sendJson(response, 200, { metadata: { resourceVersion: "21" }, items });
  });
  client = new ApiClient(server.connection);
});

afterEach(async () => {
  client.close();
  await server.close();
});

const form = (resourceVersion: string) => ({ metadata: { resourceVersion } });

describe("a store", () => {
  it("has caught up when it shows each object as the API server has it, or newer; what it does not know does not count", async () => {
    const clock = new ManualClock();
    const store = new Map([["shop/a", form("19")]]);
    let done = false;
    const caught = caughtUp(client, FORMS, store, new AbortController().signal, clock).then(() => (done = true));
    while (clock.waits.length === 0) await new Promise(resolve => setImmediate(resolve));
    await clock.advance(60);
    expect(done).toBe(false);
    store.set("shop/a", form("22"));
    await clock.advance(20);
    await caught;
  });

  it("is behind of nothing where the kind is not served", async () => {
    served = false;
    await caughtUp(client, FORMS, new Map([["shop/a", form("1")]]), new AbortController().signal);
  });

  it("is waited for no longer than the turn lasts", async () => {
    const turn = new AbortController();
    const caught = caughtUp(client, FORMS, new Map([["shop/a", form("1")]]), turn.signal);
    turn.abort(new Error("it is over"));
    await expect(caught).rejects.toThrow("it is over");
  });
});
