import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type LynqFormSpec, type LynqHubSpec } from "../../../crds";
import { ApiClient, Discovery, SchemaStore } from "../../cluster";
import {
  type Handler,
  type ScriptedServer,
  sendJson,
  sendStatus,
  startServer,
} from "../../cluster/testing/scripted-server";
import { ObjectReview } from "./object-review";
import { readRows, reviewFormObjects } from "./form-objects";

const kind = { group: "", version: "v1", kind: "ConfigMap" };
const text = { type: "string" };
const core = {
  components: {
    schemas: {
      ConfigMap: {
        type: "object",
        properties: {
          apiVersion: text,
          kind: text,
          metadata: { type: "object" },
          data: { type: "object", additionalProperties: text },
        },
        "x-kubernetes-group-version-kind": [kind],
      },
    },
  },
};
const row = {
  metadata: { namespace: "shop", name: "acme-form" },
  spec: { uid: "acme", hubId: "hub", templateRef: "form", values: { plan: "gold" } },
};

/** An API server in good order, by path. */
const sound: Readonly<Record<string, unknown>> = {
  "/api/v1": { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, verbs: ["patch"] }] },
  "/openapi/v3": { paths: { "api/v1": { serverRelativeURL: "/openapi/v3/api/v1" } } },
  "/openapi/v3/api/v1": core,
  "/apis/operator.lynq.sh/v1/namespaces/shop/lynqnodes": { metadata: { resourceVersion: "1" }, items: [row] },
};

const hub: LynqHubSpec = {
  source: { type: "mysql" },
  valueMappings: { uid: "id", activate: "active" },
  extraValueMappings: { plan: "plan" },
};
const spec: LynqFormSpec = {
  hubId: "hub",
  configMaps: [
    {
      id: "a",
      nameTemplate: "{{ .uid }}",
      spec: { apiVersion: "v1", kind: "ConfigMap", data: { plan: "{{ .plan }}" }, dat: {} },
    },
  ],
};
const notDeclared =
  "failed to create typed patch object (shop/acme; /v1, Kind=ConfigMap): .dat: field not declared in schema";
const misfit = "spec.configMaps[0].spec.dat: unknown field; did you mean data?";

let server: ScriptedServer;
/** What the server does at these paths; everywhere else it is in good order. */
let faults: Record<string, Handler>;

beforeEach(async () => {
  faults = {};
  server = await startServer((request, response) => {
    const fault = faults[request.path];
    const answer = sound[request.path];
    if (fault !== undefined) fault(request, response);
    else if (request.method === "PATCH") sendStatus(response, 500, "InternalError", notDeclared);
    else if (answer !== undefined) sendJson(response, 200, answer);
    else sendStatus(response, 404, "NotFound", "not found");
  });
});

afterEach(() => server.close());

const broken: Handler = (_request, response) => {
  sendStatus(response, 500, "InternalError", "etcd is on fire");
};

/** Errors and warnings of a form with one unknown field. */
async function review() {
  const client = new ApiClient(server.connection, { retry: { attempts: 1 } });
  const objects = new ObjectReview({ client, discovery: new Discovery(client), schemas: new SchemaStore(client) });
  const form = { metadata: { namespace: "shop", name: "form" }, spec };
  const rows = await readRows(form, client);
  const found = { errors: [], warnings: [] };
  const result = await reviewFormObjects(
    { form, hub, previous: undefined, found, rows, signal: AbortSignal.timeout(7000) },
    objects,
  );
  client.close();
  const lines = (findings: readonly { path: string; message: string }[]) =>
    findings.map(({ path, message }) => `${path}: ${message}`);
  return { errors: lines(result.errors), warnings: lines(result.warnings) };
}

describe("the objects of a form", () => {
  it("are judged where everything can be read", async () => {
    expect(await review()).toEqual({ errors: [`${misfit} (row "acme")`], warnings: [] });
  });

  it("are judged with made-up rows where the real ones cannot be read, and that is told", async () => {
    faults["/apis/operator.lynq.sh/v1/namespaces/shop/lynqnodes"] = broken;
    const { errors, warnings } = await review();
    expect(errors).toEqual([misfit]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^spec\.hubId: rows of the hub could not be read, so the form was tried with made-up ones: .*etcd is on fire/,
      ),
    ]);
  });

  it.each([
    ["the kinds", "/api/v1"],
    ["the index of schemas", "/openapi/v3"],
    ["the schema", "/openapi/v3/api/v1"],
  ])("are not judged where %s cannot be read, and that is told", async (_what, path) => {
    faults[path] = broken;
    const { errors, warnings } = await review();
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^spec\.configMaps\[0\]: was not checked against its schema: its kind could not be looked up: .*etcd is on fire/,
      ),
    ]);
  });

  it("are judged by the API server alone where no schema is published, and that is told", async () => {
    faults["/openapi/v3"] = (_request, response) => {
      sendJson(response, 200, { paths: {} });
    };
    const { errors, warnings } = await review();
    expect(errors).toEqual([`spec.configMaps[0]: the API server refuses it: ${notDeclared} (row "acme")`]);
    expect(warnings).toEqual([
      "spec.configMaps[0]: was not checked against its schema: the cluster publishes no schema of its kind",
    ]);
  });
});
