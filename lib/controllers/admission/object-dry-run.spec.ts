import { afterEach, describe, expect, it } from "@jest/globals";
import { type CompiledResource, compileListed, listResources } from "../../blueprint/compile";
import { type KubernetesObject } from "../../blueprint/object";
import { ApiClient, ApiError, type ApiResource } from "../../cluster";
import {
  type Handler,
  type ScriptedServer,
  sendJson,
  sendStatus,
  startServer,
} from "../../cluster/testing/scripted-server";
import { TemplateCache } from "../../template";
import { dryRun, readRefusal } from "./object-dry-run";

function refusal(status: number, serverMessage: string, more: Partial<ConstructorParameters<typeof ApiError>[0]> = {}) {
  return readRefusal(
    new ApiError({ method: "PATCH", path: "/x", status, reason: "", serverMessage, causes: [], ...more }),
  );
}

describe("readRefusal", () => {
  it.each([
    [400, 'admission webhook "x.io" does not support dry run'],
    [401, "Unauthorized"],
    [404, "the server could not find the requested resource"],
    [405, "the server does not allow this method on the requested resource"],
    [409, "Operation cannot be fulfilled"],
    [429, "too many requests"],
    [500, 'failed calling webhook "x.io": connection refused'],
    [503, "the server is currently unable to handle the request"],
    [403, 'pods "x" is forbidden: error looking up service account a/b: serviceaccount "b" not found'],
    [403, 'configmaps "x" is forbidden: unable to create new content in namespace a because it is being terminated'],
  ])("a %i that says %j is nothing about the object", (status, words) => {
    expect(refusal(status, words)).toEqual({ state: "open", why: words });
  });

  it("knows a missing namespace, and a right that we lack", () => {
    expect(refusal(404, 'namespaces "shop" not found')).toEqual({
      state: "open",
      why: "namespace shop does not exist yet",
      missingNamespace: "shop",
    });
    const words = 'configmaps "x" is forbidden: User "system:serviceaccount:a:b" cannot patch resource "configmaps"';
    expect(refusal(403, words)).toEqual({ state: "open", why: `the right to try it is missing: ${words}` });
  });

  it.each([
    [400, "strict decoding error"],
    [403, "pods is forbidden: violates PodSecurity"],
    [403, 'admission webhook "x.io" denied the request: no'],
    [418, 'admission webhook "x.io" denied the request: teapot'],
    [422, "ValidatingAdmissionPolicy 'a' with binding 'b' denied request: no"],
    [500, "failed to create typed patch object (a/b; apps/v1, Kind=Deployment): .spec.x: field not declared in schema"],
  ])("a %i that says %j is about the object", (status, words) => {
    expect(refusal(status, words)).toEqual({ state: "refused", reasons: [{ words, quota: false }] });
  });

  it("tells each field of an invalid object, and knows a quota", () => {
    const causes = [
      { field: "spec.ports[0].name", message: "Required value", reason: "FieldValueRequired" },
      { field: "metadata.name", message: "Invalid value", reason: "FieldValueInvalid" },
    ];
    expect(refusal(422, "Service is invalid", { reason: "Invalid", causes })).toEqual({
      state: "refused",
      reasons: [
        { field: "spec.ports[0].name", words: "Required value", quota: false },
        { words: "metadata.name: Invalid value", quota: false },
      ],
    });
    expect(refusal(403, "exceeded quota: small, requested: x")).toMatchObject({ reasons: [{ quota: true }] });
  });
});

describe("dryRun", () => {
  const resource: ApiResource = {
    group: "",
    version: "v1",
    kind: "ConfigMap",
    plural: "configmaps",
    namespaced: true,
    verbs: [],
  };
  const object: KubernetesObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "shop" } };
  const node = { namespace: "shop", name: "n", hub: "h", form: "f", recordUid: "u" };
  let server: ScriptedServer | undefined;

  afterEach(() => server?.close());

  function compiled(more: object = {}): CompiledResource {
    const [listed] = listResources({
      configMaps: [{ id: "x", nameTemplate: "x", spec: { apiVersion: "v1", kind: "ConfigMap" }, ...more }],
    });
    if (listed === undefined) throw new Error("no resource");
    return compileListed(listed, new TemplateCache(10));
  }

  async function ask(handler: Handler, signal = AbortSignal.timeout(5000), more: object = {}) {
    server = await startServer(handler);
    const client = new ApiClient(server.connection, { retry: { attempts: 1 } });
    return await dryRun(client, { resource, compiled: compiled(more), object, node, signal });
  }

  it("asks once, as the operator would write, and stores nothing", async () => {
    expect(
      await ask((_, response) => {
        sendJson(response, 200, object);
      }),
    ).toEqual({ state: "accepted" });
    expect(server?.requests.map(({ method, path, query }) => `${method} ${path}?${query.toString()}`)).toEqual([
      "PATCH /api/v1/namespaces/shop/configmaps/x?fieldManager=lynq&fieldValidation=Strict&dryRun=All&force=true",
    ]);
  });

  it("leaves it open when the server is slow, away, or in trouble", async () => {
    expect(await ask(() => undefined, AbortSignal.timeout(50))).toEqual({
      state: "open",
      why: "there was no time left",
    });
    await server?.close();
    const gone = await ask((_, response) => {
      response.destroy();
    });
    expect(gone.state).toBe("open");
  });

  it("does not blame the form for an object that is somebody else's", async () => {
    const answer = await ask((request, response) => {
      if (request.method === "GET") sendJson(response, 200, object);
      else sendStatus(response, 422, "Invalid", "immutable");
    });
    expect(answer).toEqual({ state: "open", why: "ConfigMap shop/x exists and is not Lynq's" });
  });
});
