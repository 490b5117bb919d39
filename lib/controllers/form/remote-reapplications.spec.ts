import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type LynqFormObject, type LynqNodeObject } from "../../../crds";
import { ApiClient } from "../../cluster";
import { type ScriptedServer, sendJson, sendStatus, startServer } from "../../cluster/testing/scripted-server";
import { RemoteReapplications } from "./remote-reapplications";

const REQUEST = "lynq.sh/reconcile-at";
const form: LynqFormObject = {
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqForm",
  metadata: { namespace: "shop", name: "web" },
  spec: { hubId: "customers" },
};

function node(
  name: string,
  resourceVersion: string,
  { asked, answered, suspend }: { asked?: string; answered?: string; suspend?: boolean } = {},
): LynqNodeObject {
  return {
    apiVersion: "operator.lynq.sh/v1",
    kind: "LynqNode",
    metadata: {
      ...{ namespace: "shop", name, uid: `uid-${name}`, resourceVersion },
      annotations: {
        ...(asked === undefined ? {} : { [REQUEST]: asked }),
        ...(suspend === true ? { "lynq.sh/suspend": "true" } : {}),
      },
    },
    spec: { uid: name, templateRef: "web", hubId: "customers" },
    status: answered === undefined ? {} : { lastHandledReconcileAt: answered },
  };
}

let server: ScriptedServer;
let client: ApiClient;
let remote: RemoteReapplications;

beforeEach(async () => {
  server = await startServer((request, response) => {
    if (request.path.endsWith("/gone")) sendStatus(response, 404, "NotFound", "there is none");
    else sendJson(response, 200, node("b", "11", { asked: "now" }));
  });
  client = new ApiClient(server.connection);
  remote = new RemoteReapplications(client);
});

afterEach(async () => {
  client.close();
  await server.close();
});

describe("nodes of other shards", () => {
  it("are asked by their own annotation, but for those that have answered, and for those that are gone", async () => {
    await remote.ask([node("a", "9", { answered: "now" }), node("b", "10"), node("gone", "8")], "now");
    const asked = server.requests.map(({ method, path, body }) => [method, path.split("/").at(-1), body]);
    expect(asked).toEqual([
      ["PATCH", "b", JSON.stringify({ metadata: { uid: "uid-b", annotations: { [REQUEST]: "now" } } })],
      ["PATCH", "gone", JSON.stringify({ metadata: { uid: "uid-gone", annotations: { [REQUEST]: "now" } } })],
    ]);
    expect(remote.has(node("gone", "8"), form)).toBe(false);
  });

  it.each([
    ["has not yet shown the request in our store", true, node("b", "10")],
    ["has not answered", true, node("b", "12", { asked: "now", answered: "before" })],
    ["has answered", false, node("b", "12", { asked: "now", answered: "now" })],
    ["was asked for something else since", false, node("b", "12", { asked: "later" })],
    ["is suspended", false, node("b", "12", { asked: "now", suspend: true })],
  ])("(one that %s) owe an answer: %s", async (_how, owes, seen) => {
    await remote.ask([node("b", "10")], "now");
    expect(remote.has(seen, form)).toBe(owes);
  });
});
