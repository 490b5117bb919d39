import { afterEach, describe, expect, it } from "@jest/globals";
import { type ServerResponse } from "node:http";
import { ApiClient } from "./client";
import { systemClock, type Clock } from "./clock";
import { type ChangeType } from "./fact-store";
import { Informer, type InformerOptions } from "./informer";
import { type ApiResource } from "./resource";
import {
  sendJson,
  sendStatus,
  startServer,
  type Handler,
  type ReceivedRequest,
  type ScriptedServer,
} from "./testing/scripted-server";
import { until } from "./testing/manual-clock";

const things: ApiResource = {
  group: "acme.io",
  version: "v1",
  kind: "Thing",
  plural: "things",
  namespaced: true,
  verbs: [],
};

type Thing = readonly [name: string, resourceVersion: number, value: string];

function thing([name, resourceVersion, value]: Thing): object {
  return {
    apiVersion: "acme.io/v1",
    kind: "Thing",
    metadata: { namespace: "shop", name, resourceVersion: String(resourceVersion) },
    value,
  };
}

/** A collection that is listed and watched; a spec changes it and breaks it. */
class Collection {
  readonly objects = new Map<string, Thing>();
  readonly watches: { readonly request: ReceivedRequest; readonly response: ServerResponse }[] = [];
  readonly lists: ReceivedRequest[] = [];
  revision = 10;
  /** Answers instead of the collection while it is set; false lets the collection answer. */
  fault: ((request: ReceivedRequest, response: ServerResponse, watch: boolean) => boolean) | undefined;

  readonly handler: Handler = (request, response) => {
    const watch = request.query.get("watch") === "true";
    if (watch) this.watches.push({ request, response });
    else this.lists.push(request);
    if (this.fault?.(request, response, watch) === true) return;
    if (!watch) this.list(request, response);
    else {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.flushHeaders();
    }
  };

  set(name: string, value: string): void {
    const known = this.objects.has(name);
    const entry: Thing = [name, ++this.revision, value];
    this.objects.set(name, entry);
    this.send(known ? "MODIFIED" : "ADDED", thing(entry));
  }

  remove(name: string): void {
    this.objects.delete(name);
    this.send("DELETED", thing([name, ++this.revision, ""]));
  }

  /** On the newest watch. */
  send(type: string, object: object): void {
    this.watches.at(-1)?.response.write(`${JSON.stringify({ type, object })}\n`);
  }

  /** Changes that no watch hears of. */
  quietly(change: () => void): void {
    const { watches } = this;
    const open = watches.splice(0);
    change();
    watches.push(...open);
  }

  private list(request: ReceivedRequest, response: ServerResponse): void {
    const limit = Number(request.query.get("limit"));
    const from = Number(request.query.get("continue") ?? 0);
    const all = [...this.objects.values()];
    const more = from + limit < all.length ? { continue: String(from + limit) } : {};
    const metadata = { resourceVersion: String(this.revision), ...more };
    sendJson(response, 200, { kind: "ThingList", metadata, items: all.slice(from, from + limit).map(thing) });
  }
}

let server: ScriptedServer | undefined;
let client: ApiClient | undefined;
let informer: Informer<string> | undefined;

afterEach(async () => {
  await informer?.stop();
  client?.close();
  await server?.close();
});

async function setUp(options: Partial<InformerOptions<string>> = {}, objects: Record<string, string> = {}) {
  const collection = new Collection();
  for (const [name, value] of Object.entries(objects)) collection.set(name, value);
  server = await startServer(collection.handler);
  client = new ApiClient(server.connection, { retry: { attempts: 1 } });
  const changes: [ChangeType, string, string | undefined, string | undefined][] = [];
  const errors: unknown[] = [];
  const time = { skew: 0, waits: [] as number[] };
  const clock: Clock = {
    now: () => systemClock.now() + time.skew,
    after: (ms, callback) => {
      if (ms < 100_000) time.waits.push(ms);
      return systemClock.after(ms, callback);
    },
  };
  const started = new Informer<string>({
    client,
    resource: things,
    toFact: object => String(object.value),
    onChange: (key, fact, previous, type) => changes.push([type, key, fact, previous]),
    onError: error => errors.push(error),
    backoff: { baseMs: 1, capMs: 4 },
    clock,
    ...options,
  });
  informer = started;
  started.start();
  return { collection, informer: started, changes, errors, time };
}

async function watching(collection: Collection, count = 1): Promise<void> {
  await until(() => collection.watches.length >= count);
}

describe("Informer", () => {
  it("lists in pages, then watches from there; keeps facts and tells each change once", async () => {
    const { collection, informer, changes } = await setUp(
      { pageSize: 2, labelSelector: "lynq.sh/node", namespace: "shop" },
      { a: "1", b: "2", c: "3" },
    );
    expect(informer.hasSynced()).toBe(false);
    await informer.waitForSync();
    expect([informer.hasSynced(), informer.size, informer.get("shop/b"), informer.has("shop/x")]).toEqual([
      true,
      3,
      "2",
      false,
    ]);
    expect(
      collection.lists.map(({ path, query }) => [
        path,
        query.get("limit"),
        query.get("labelSelector"),
        query.get("continue"),
        // Neither "0", by which the limit does not count, nor any other: the newest state, in pages.
        query.get("resourceVersion"),
      ]),
    ).toEqual([
      ["/apis/acme.io/v1/namespaces/shop/things", "2", "lynq.sh/node", null, null],
      ["/apis/acme.io/v1/namespaces/shop/things", "2", "lynq.sh/node", "2", null],
    ]);
    await watching(collection);
    const query = collection.watches[0]?.request.query;
    expect([query?.get("resourceVersion"), query?.get("allowWatchBookmarks"), query?.get("labelSelector")]).toEqual([
      "13",
      "true",
      "lynq.sh/node",
    ]);
    expect(Number(query?.get("timeoutSeconds"))).toBeGreaterThanOrEqual(300);
    changes.length = 0;
    collection.set("d", "4");
    collection.set("a", "5");
    collection.remove("b");
    await until(() => changes.length >= 3);
    expect(changes).toEqual([
      ["ADDED", "shop/d", "4", undefined],
      ["MODIFIED", "shop/a", "5", "1"],
      ["DELETED", "shop/b", undefined, "2"],
    ]);
    expect(Object.fromEntries(informer.facts())).toEqual({ "shop/a": "5", "shop/c": "3", "shop/d": "4" });
    expect([...informer.keys()].sort()).toEqual(["shop/a", "shop/c", "shop/d"]);
    expect(collection.lists).toHaveLength(2);
  });

  it("goes on where it was when the server closes the watch, also after a bookmark", async () => {
    const { collection, informer, changes, errors } = await setUp({}, { a: "1" });
    await watching(collection);
    collection.set("a", "2");
    collection.send("BOOKMARK", { apiVersion: "acme.io/v1", kind: "Thing", metadata: { resourceVersion: "77" } });
    collection.watches[0]?.response.end();
    await watching(collection, 2);
    expect(collection.watches[1]?.request.query.get("resourceVersion")).toBe("77");
    collection.set("a", "3");
    await until(() => informer.get("shop/a") === "3");
    expect([collection.lists.length, changes.length, errors]).toEqual([1, 3, []]);
  });

  it.each([
    [
      "an ERROR event",
      (collection: Collection) => {
        collection.send("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" });
      },
    ],
    [
      "the status of the watch",
      (collection: Collection) => {
        collection.fault = (_request, response, watch) => {
          if (!watch) return false;
          sendStatus(response, 410, "Expired", "too old resource version");
          collection.fault = undefined;
          return true;
        };
        collection.watches.at(-1)?.response.end();
      },
    ],
  ])("lists again after 410 in %s, and finds what it missed", async (_name, expire) => {
    const { collection, informer, changes, errors, time } = await setUp({}, { a: "1", b: "2", c: "3" });
    await watching(collection);
    time.skew = 10_000;
    collection.send("BOOKMARK", { apiVersion: "acme.io/v1", kind: "Thing", metadata: { resourceVersion: "20" } });
    collection.quietly(() => {
      collection.set("a", "9");
      collection.remove("b");
      collection.set("d", "4");
    });
    changes.length = 0;
    expire(collection);
    await until(() => changes.length >= 3);
    expect(changes).toEqual([
      ["MODIFIED", "shop/a", "9", "1"],
      ["ADDED", "shop/d", "4", undefined],
      ["DELETED", "shop/b", undefined, "2"],
    ]);
    expect([informer.size, collection.lists.length, errors]).toEqual([3, 2, []]);
  });

  it("does not list at the same moment as all others when the server has forgotten every revision", async () => {
    const { collection, errors, time } = await setUp(
      { backoff: { baseMs: 40, capMs: 1_000 }, random: () => 0.5 },
      { a: "1" },
    );
    await watching(collection);
    time.skew = 10_000;
    time.waits.length = 0;
    collection.send("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" });
    await watching(collection, 2);
    expect([time.waits, collection.lists.length, errors]).toEqual([[20], 2, []]);
  });

  it("lets others have their turn between the objects of one page", async () => {
    let turns = 0;
    const seen: number[] = [];
    const { informer } = await setUp(
      {
        toFact: () => {
          seen.push(turns);
          setImmediate(() => turns++);
          for (const until = performance.now() + 6; performance.now() < until; );
          return "";
        },
      },
      { a: "1", b: "2", c: "3" },
    );
    await informer.waitForSync();
    expect(seen).toEqual([0, 1, 2]);
  });

  it("does not take what is missing from an unfinished list for deleted", async () => {
    const { collection, informer, changes } = await setUp({ pageSize: 1 }, { a: "1", b: "2", c: "3" });
    await watching(collection);
    changes.length = 0;
    let refused = 0;
    collection.fault = (request, response, watch) => {
      if (watch || request.query.get("continue") !== "1" || refused >= 3) return false;
      refused++;
      sendStatus(response, refused === 1 ? 410 : 500, "Expired", "continue token expired");
      return true;
    };
    collection.send("ERROR", { kind: "Status", code: 410 });
    await watching(collection, 2);
    expect([refused, changes, informer.size]).toEqual([3, [], 3]);
  });

  it("survives an outage and resumes without listing", async () => {
    const { collection, informer, errors } = await setUp({}, { a: "1" });
    await watching(collection);
    let failures = 0;
    collection.fault = request => {
      if (failures >= 12) return false;
      failures++;
      request.socket.destroy();
      return true;
    };
    for (const { request } of collection.watches) request.socket.destroy();
    await until(() => failures >= 12);
    await watching(collection, 14);
    collection.set("a", "2");
    await until(() => informer.get("shop/a") === "2");
    expect([collection.lists.length, errors.length]).toEqual([1, 13]);
  });

  it("starts while the server is away, and syncs when it comes", async () => {
    const gone = await startServer(() => undefined);
    const port = Number(new URL(gone.url).port);
    await gone.close();
    client = new ApiClient(gone.connection, { retry: { attempts: 1 } });
    const errors: unknown[] = [];
    informer = new Informer({
      client,
      resource: things,
      toFact: () => "",
      onError: error => errors.push(error),
      backoff: { baseMs: 1, capMs: 4 },
    });
    informer.start();
    await until(() => errors.length >= 3);
    server = await startServer(new Collection().handler, { port });
    await informer.waitForSync();
    expect(informer.size).toBe(0);
  });

  it("waits longer from failure to failure, and at least as long as the server asks", async () => {
    const waits: number[] = [];
    const { collection } = await setUp({
      backoff: { baseMs: 100, capMs: 1_000 },
      random: () => 1,
      clock: {
        now: () => 0,
        after: (ms, callback) => {
          waits.push(ms);
          if (waits.length < 7) setImmediate(callback);
          return { cancel: () => undefined };
        },
      },
    });
    collection.fault = (request, response) => {
      sendStatus(response, 503, "ServiceUnavailable", "away", request.number === 3 ? { retryAfterSeconds: 9 } : {});
      return true;
    };
    await until(() => waits.length >= 7);
    expect(waits).toEqual([100, 200, 9_000, 800, 1_000, 1_000, 1_000]);
  });

  it("forgets failures once a watch has lasted, however it ended", async () => {
    const { collection, time } = await setUp({ backoff: { baseMs: 1, capMs: 60_000 }, random: () => 1 });
    await watching(collection);
    let failures = 0;
    collection.fault = request => {
      if (++failures > 5) return false;
      request.socket.destroy();
      return true;
    };
    collection.watches[0]?.request.socket.destroy();
    await watching(collection, 7);
    expect(time.waits).toEqual([1, 2, 4, 8, 16, 32]);
    time.skew = 1_000;
    collection.watches[6]?.request.socket.destroy();
    await watching(collection, 8);
    expect(time.waits).toEqual([1, 2, 4, 8, 16, 32, 1]);
  });

  it("takes a silent watch for dead, and opens it again where it was", async () => {
    const { collection, informer, errors } = await setUp({ silenceMs: 15 }, { a: "1" });
    await watching(collection, 3);
    expect(collection.watches[2]?.request.query.get("resourceVersion")).toBe("11");
    // A busy machine takes this watch for dead, too: as a real server, the next one tells what came after its revision.
    collection.fault = (request, response, watch) => {
      if (!watch) return false;
      response.writeHead(200, { "Content-Type": "application/json" });
      const isBehind = Number(request.query.get("resourceVersion")) < collection.revision;
      if (isBehind) response.write(`${JSON.stringify({ type: "MODIFIED", object: thing(["a", 12, "2"]) })}\n`);
      else response.flushHeaders();
      return true;
    };
    collection.set("a", "2");
    await until(() => informer.get("shop/a") === "2");
    expect([collection.lists.length, errors]).toEqual([1, []]);
  });

  it("does not hammer a server that closes watches or refuses revisions at once", async () => {
    const { collection, errors } = await setUp({}, { a: "1" });
    collection.fault = (_request, response, watch) => {
      if (!watch) return false;
      response.end();
      return true;
    };
    await watching(collection);
    collection.watches[0]?.response.end();
    await until(() => errors.length >= 4);
    collection.fault = (_request, response, watch) => {
      if (!watch) return false;
      sendStatus(response, 410, "Expired", "never right");
      return true;
    };
    const before = errors.length;
    await until(() => errors.length >= before + 4);
    // All but the first of these waited: a list without a report would be one at full speed.
    expect(collection.lists.length).toBeLessThanOrEqual(errors.length - before + 2);
  });

  it("waits for a kind that is not served yet", async () => {
    let resource: ApiResource | undefined = undefined;
    let asked = 0;
    const resolve = (): Promise<ApiResource | undefined> => {
      asked++;
      return Promise.resolve(resource);
    };
    const { collection, informer } = await setUp(
      { resource: resolve, backoff: { baseMs: 1, capMs: 60_000 } },
      { a: "1" },
    );
    await until(() => asked >= 3);
    expect([informer.isMissing(), informer.hasSynced(), collection.lists.length]).toEqual([true, false, 0]);
    await informer.waitForAnswer();
    resource = things;
    informer.retryNow();
    await informer.waitForSync();
    expect([informer.isMissing(), informer.size]).toEqual([false, 1]);
  });

  it("keeps what it knows while its kind is away, and compares when it is back", async () => {
    const { collection, informer, changes } = await setUp({}, { a: "1", b: "2" });
    await watching(collection);
    changes.length = 0;
    collection.fault = (_request, response) => {
      sendStatus(response, 404, "NotFound", "the server could not find the requested resource");
      return true;
    };
    collection.watches[0]?.response.end();
    await until(() => informer.isMissing() && collection.lists.length >= 3);
    expect([informer.size, changes]).toEqual([2, []]);
    collection.objects.delete("b");
    collection.fault = undefined;
    await until(() => !informer.isMissing());
    await until(() => changes.length >= 1);
    expect(changes).toEqual([["DELETED", "shop/b", undefined, "2"]]);
  });

  it("survives callbacks that throw, and keeps the last fact that was understood", async () => {
    const { collection, informer, errors } = await setUp(
      {
        toFact: object => {
          if (object.value === "bad") throw new Error("not understood");
          return String(object.value);
        },
        onChange: () => {
          throw new Error("callback");
        },
      },
      { a: "1", b: "bad" },
    );
    await watching(collection);
    expect([informer.get("shop/a"), informer.has("shop/b")]).toEqual(["1", false]);
    collection.set("a", "bad");
    collection.set("b", "2");
    await until(() => informer.get("shop/b") === "2");
    expect(informer.get("shop/a")).toBe("1");
    const [understood, callback] = ["Error: not understood", "Error: callback"];
    expect(errors.map(String)).toEqual([callback, understood, understood, callback]);
  });

  it("ignores events that it cannot read as objects, and reconnects after a line that is none", async () => {
    const { collection, informer, errors } = await setUp({}, { a: "1" });
    await watching(collection);
    collection.send("ADDED", { hello: "world" });
    collection.watches[0]?.response.write("<html>\n");
    await watching(collection, 2);
    collection.set("a", "2");
    await until(() => informer.get("shop/a") === "2");
    expect([informer.size, errors.map(String)]).toEqual([
      1,
      ["UnexpectedResponseError: The watch sent a line that is not JSON."],
    ]);
  });

  it("hides that metadata alone comes as another kind", async () => {
    const kinds: string[] = [];
    const toFact: InformerOptions<string>["toFact"] = object => {
      kinds.push(`${object.apiVersion} ${object.kind}`);
      return "";
    };
    const { collection } = await setUp({ metadataOnly: true, toFact });
    await watching(collection);
    expect(collection.watches[0]?.request.headers.accept).toContain("PartialObjectMetadata");
    const metadata = { namespace: "shop", name: "a", resourceVersion: "99" };
    collection.send("ADDED", { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata });
    await until(() => kinds.length >= 1);
    expect(kinds).toEqual(["acme.io/v1 Thing"]);
  });

  it("stops for good: no call back, no request, and who waits is told", async () => {
    const { collection, informer, changes } = await setUp({}, { a: "1" });
    await watching(collection);
    await informer.stop();
    const before = [collection.lists.length, collection.watches.length, changes.length];
    collection.set("a", "2");
    await new Promise(resolve => setTimeout(resolve, 20));
    expect([collection.lists.length, collection.watches.length, changes.length]).toEqual(before);
    expect(informer.get("shop/a")).toBe("1");
  });

  it("tells who waits for the first list that they need not", async () => {
    const { collection, informer } = await setUp();
    collection.fault = () => true;
    const fresh = new Informer({
      client: client ?? new ApiClient({ server: "http://none", tls: { insecureSkipVerify: false }, namespace: "" }),
      resource: things,
      toFact: () => "",
    });
    const abort = new AbortController();
    const impatient = fresh.waitForSync(abort.signal);
    const patient = fresh.waitForSync();
    abort.abort(new Error("too late"));
    await expect(impatient).rejects.toThrow("too late");
    await expect(fresh.waitForSync(abort.signal)).rejects.toThrow("too late");
    fresh.start();
    await fresh.stop();
    await expect(patient).rejects.toThrow("abort");
    await informer.stop();
  });
});
