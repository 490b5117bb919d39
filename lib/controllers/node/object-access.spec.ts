import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type LynqNodeObject } from "../../../crds";
import { ApiClient, type ApiResource } from "../../cluster";
import { type ScriptedServer, startServer } from "../../cluster/testing/scripted-server";
import { NamePattern } from "../../plan/name-pattern";
import { WritePolicy, type WriteSettings } from "../../plan/write-policy";
import { ObjectAccess, WriteForbiddenError } from "./object-access";

const configMaps: ApiResource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
  verbs: [],
};
const node = (serviceAccountName?: string): LynqNodeObject => ({
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqNode",
  metadata: { name: "acme-app", namespace: "shop" },
  spec: { uid: "acme", templateRef: "app", ...(serviceAccountName === undefined ? {} : { serviceAccountName }) },
});
const object = (namespace: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace } });

let server: ScriptedServer;
let client: ApiClient;
let before: number;

beforeAll(async () => {
  server = await startServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(object("shop")));
  });
  client = new ApiClient(server.connection);
});

beforeEach(() => {
  before = server.requests.length;
});

afterAll(async () => {
  client.close();
  await server.close();
});

function access(settings: Partial<WriteSettings> = {}): ObjectAccess {
  const policy = new WritePolicy({
    operatorNamespace: "pepr-system",
    allowedNamespaces: undefined,
    allowedKinds: undefined,
    requireServiceAccount: false,
    ...settings,
  });
  return new ObjectAccess(client, policy);
}

/** Everything that can be done to an object, in a namespace. */
const writes = (of: ReturnType<ObjectAccess["of"]>, namespace: string) => [
  () => of.apply(configMaps, object(namespace), { fieldManager: "lynq" }),
  () => of.mergePatch(configMaps, { namespace, name: "c" }, {}),
  () => of.jsonPatch(configMaps, { namespace, name: "c" }, []),
  () => of.replace(configMaps, object(namespace)),
  () => of.delete(configMaps, { namespace, name: "c" }),
];

const actors = () => server.requests.slice(before).map(({ headers }) => headers["impersonate-user"]);

describe("the objects of a node", () => {
  it("are read and written as its ServiceAccount, over the same connections", async () => {
    const of = access().of(node("deployer"), "write");
    await of.get(configMaps, { namespace: "shop", name: "c" });
    for (const write of writes(of, "shop")) await write();
    expect(actors()).toEqual(Array.from({ length: 6 }, () => "system:serviceaccount:shop:deployer"));
    // The API server knows an account's groups; naming them would take a right more.
    expect(server.requests.at(-1)?.headers["impersonate-group"]).toBeUndefined();
    await client.get(configMaps, { namespace: "shop", name: "c" });
    expect(actors().at(-1)).toBeUndefined();
    expect(server.connections).toBe(1);
  });

  it("are the operator's to write where the node names none", async () => {
    for (const write of writes(access().of(node(), "write"), "shop")) await write();
    expect(actors()).toEqual(Array.from({ length: 5 }, () => undefined));
  });

  it.each(["kube-system", "kube-public", "kube-node-lease", "pepr-system"])(
    "are never touched in %s, whoever asks: no request is made",
    async namespace => {
      for (const verb of ["write", "remove"] as const) {
        for (const write of writes(access().of(node("deployer"), verb), namespace))
          await expect(write()).rejects.toThrow(WriteForbiddenError);
      }
      expect(actors()).toEqual([]);
    },
  );

  it("are not touched outside of what an administrator allows", async () => {
    const narrow = access({ allowedNamespaces: [new NamePattern("tenant-*")] });
    for (const write of writes(narrow.of(node(), "write"), "shop")) {
      await expect(write()).rejects.toThrow(
        'the namespace "shop" is not among those that LYNQ_ALLOWED_NAMESPACES=tenant-* allows',
      );
    }
    for (const write of writes(access({ allowedKinds: [new NamePattern("Secret")] }).of(node(), "write"), "shop")) {
      await expect(write()).rejects.toThrow(
        "the kind ConfigMap is not among those that LYNQ_ALLOWED_KINDS=Secret allows",
      );
    }
    expect(actors()).toEqual([]);
  });

  it("are not written without an account where one is demanded, and still removed", async () => {
    const demanding = access({ requireServiceAccount: true });
    for (const write of writes(demanding.of(node(), "write"), "shop")) {
      await expect(write()).rejects.toThrow(
        "spec.serviceAccountName of the form is required by LYNQ_REQUIRE_SERVICE_ACCOUNT=true",
      );
    }
    expect(actors()).toEqual([]);
    for (const write of writes(demanding.of(node(), "remove"), "shop")) await write();
    expect(actors()).toHaveLength(5);
  });
});
