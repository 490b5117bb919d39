import { afterEach, describe, expect, it } from "@jest/globals";
import { type KubernetesObject, parseGroupVersionKind } from "../../blueprint/object";
import { ApiClient, Discovery } from "../../cluster";
import { until } from "../../cluster/testing/manual-clock";
import { sendJson, startServer, type ScriptedServer } from "../../cluster/testing/scripted-server";
import { FIELD_MANAGER, LABEL_NODE, LABEL_NODE_NAMESPACE } from "../../metadata";
import { type ReadyWhen, readyWhen } from "../../readiness";
import { compileTemplate } from "../../template";
import { Children } from "./children";

const SECRET = parseGroupVersionKind("v1", "Secret");
const SERVICE = parseGroupVersionKind("v1", "Service");
const served = (name: string, kind: string) => ({ name, kind, namespaced: true, verbs: ["get", "list", "watch"] });

function object(kind: string, name: string, resourceVersion: number, more: object = {}): KubernetesObject {
  const labels = { [LABEL_NODE_NAMESPACE]: "shop", [LABEL_NODE]: "acme-web" };
  const managedFields = [{ manager: FIELD_MANAGER, operation: "Apply", fieldsV1: { "f:data": {} } }];
  const metadata = { namespace: "shop", name, uid: `${kind}-${name}`, resourceVersion: String(resourceVersion) };
  return { apiVersion: "v1", kind, metadata: { ...metadata, labels, managedFields }, ...more };
}

let server: ScriptedServer | undefined;
let client: ApiClient | undefined;
let children: Children | undefined;

afterEach(async () => {
  await children?.stop();
  client?.close();
  await server?.close();
});

/** What the API server shows of `items`, by plural; a watch is silent until `tell`. */
async function setUp(items: Record<string, KubernetesObject[]>, rule?: ReadyWhen) {
  const news: boolean[] = [];
  const watches = new Map<string, (event: object) => void>();
  const gets: string[] = [];
  server = await startServer((request, response) => {
    const [, , , plural = "", name] = request.path.replace("/namespaces/shop", "").split("/");
    if (request.path === "/api/v1")
      sendJson(response, 200, { resources: [served("secrets", "Secret"), served("services", "Service")] });
    else if (request.query.get("watch") === "true") {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.flushHeaders();
      watches.set(plural, event => response.write(`${JSON.stringify(event)}\n`));
    } else if (name !== undefined) {
      gets.push(name);
      sendJson(
        response,
        200,
        items[plural]?.find(({ metadata }) => metadata.name === name),
      );
    } else sendJson(response, 200, { metadata: { resourceVersion: "10" }, items: items[plural] ?? [] });
  });
  client = new ApiClient(server.connection);
  children = new Children({
    client,
    discovery: new Discovery(client),
    readyWhenOf: () => rule,
    onChange: (_namespace, _label, isNews) => {
      news.push(isNews);
    },
    onFree: () => undefined,
    isOurs: () => true,
    onOther: () => undefined,
    onError: error => {
      throw error;
    },
  });
  await Promise.all([children.watch(SECRET), children.watch(SERVICE)]);
  await until(() => watches.size === 2);
  return { children, server, watches, gets, news };
}

describe("Children", () => {
  it("reads no content of kinds that have no status, and whole objects of the others", async () => {
    const { server, children } = await setUp({ secrets: [object("Secret", "a", 1)] });
    const accepted = new Map(
      server.requests.map(({ path, query, headers }) => [`${path} ${query.get("watch") ?? ""}`, headers.accept]),
    );
    for (const watch of ["", "true"]) {
      expect(accepted.get(`/api/v1/secrets ${watch}`)).toContain("as=PartialObjectMetadata");
      expect(accepted.get(`/api/v1/services ${watch}`)).toBe("application/json");
    }
    expect(children.get(SECRET, "shop", "a")).toMatchObject({
      gvk: { kind: "Secret" },
      writtenByUs: true,
      readiness: { state: "Ready", message: "exists" },
    });
  });

  it("finds everything of a node, its own last writes included, each once", async () => {
    const { children, watches } = await setUp({
      secrets: [object("Secret", "a", 1)],
      services: [object("Service", "s", 2)],
    });
    const names = () =>
      children.ofNode("shop", "acme-web").map(({ name, resourceVersion }) => `${name}@${resourceVersion}`);
    expect(names().sort()).toEqual(["a@1", "s@2"]);
    children.wrote(object("Secret", "a", 11));
    children.wrote(object("Secret", "b", 12));
    expect(names().sort()).toEqual(["a@1", "b@12", "s@2"]);
    watches.get("services")?.({ type: "DELETED", object: object("Service", "s", 13) });
    watches.get("secrets")?.({ type: "ADDED", object: object("Secret", "b", 12) });
    await until(() => names().length === 2);
    expect(names().sort()).toEqual(["a@1", "b@12"]);
    expect(children.ofNode("shop", "other")).toEqual([]);
  });

  it("tells what is news, and what was there all the time", async () => {
    const { watches, news } = await setUp({ secrets: [object("Secret", "a", 1), object("Secret", "b", 2)] });
    expect(news).toEqual([false, false]);
    watches.get("secrets")?.({ type: "DELETED", object: object("Secret", "a", 11) });
    await until(() => news.length > 2);
    expect(news[2]).toBe(true);
  });

  it("needs no read for a form's own rule on an object that it has just written", async () => {
    const rule = readyWhen(compileTemplate('{{ eq .data.done "yes" }}'));
    const { children, watches, gets, news } = await setUp({}, rule);
    children.wrote(object("Secret", "a", 11, { data: { done: "yes" } }));
    watches.get("secrets")?.({ type: "ADDED", object: object("Secret", "a", 11) });
    watches.get("secrets")?.({ type: "ADDED", object: object("Secret", "z", 12) });
    await until(() => children.get(SECRET, "shop", "z") !== undefined);
    expect(children.get(SECRET, "shop", "a")?.readyRule).toBe(rule.id);
    expect(children.get(SECRET, "shop", "z")?.readyRule).toBeUndefined();
    expect(gets).toEqual([]);

    // Only its content changes, which the watch does not show: every event is told, also while it is being judged.
    for (const version of [13, 14]) {
      news.length = 0;
      watches.get("secrets")?.({ type: "MODIFIED", object: object("Secret", "a", version) });
      await until(() => children.get(SECRET, "shop", "a")?.resourceVersion === String(version));
      expect(news).toContain(true);
    }
  });
});
