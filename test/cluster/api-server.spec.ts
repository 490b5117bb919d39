/** The I/O room to the API server, against the real one. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { type GroupVersionKind, type KubernetesObject } from "../../lib/blueprint/object";
import {
  ApiClient,
  ApiError,
  Discovery,
  EventRecorder,
  fieldManagerConflicts,
  Informer,
  loadConnection,
  SchemaStore,
  type ApiResource,
} from "../../lib/cluster";
import { environmentDetails } from "../environment/scenario";
import { until } from "../../lib/cluster/testing/manual-clock";

const { kubeconfigPath: kubeconfig } = environmentDetails();
const suffix = randomBytes(3).toString("hex");
const namespace = `lynq-spec-${suffix}`;
const group = `g${suffix}.lynq.sh`;
const widgetKind: GroupVersionKind = { group, version: "v1", kind: "Widget" };

const widgets = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: "Cluster",
    names: { plural: "widgets", kind: "Widget" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: { size: { type: "integer" }, port: { "x-kubernetes-int-or-string": true } },
              },
              status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      },
    ],
  },
};

describe("a real API server", () => {
  let client: ApiClient;
  let discovery: Discovery;
  let schemas: SchemaStore;
  const informers: Informer<string>[] = [];
  let configMaps: ApiResource;

  const find = async (gvk: GroupVersionKind): Promise<ApiResource> => {
    const resource = await discovery.resolve(gvk);
    if (resource === undefined) throw new Error(`The server does not serve ${gvk.kind}.`);
    return resource;
  };
  const configMap = (
    name: string,
    data: Record<string, string> = {},
    labels?: Record<string, string>,
  ): KubernetesObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace, name, ...(labels === undefined ? {} : { labels }) },
    data,
  });
  const failure = async (promise: Promise<unknown>): Promise<ApiError> => {
    const error: unknown = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof ApiError) return error;
    throw new Error(`Not an ApiError: ${String(error)}`);
  };
  const inform = (options: {
    resource: ApiResource | (() => Promise<ApiResource | undefined>);
    labelSelector?: string;
  }): Informer<string> => {
    const informer = new Informer<string>({
      client,
      toFact: object => object.metadata.uid ?? "",
      backoff: { baseMs: 20, capMs: 100 },
      ...options,
    });
    informers.push(informer);
    informer.start();
    return informer;
  };

  beforeAll(async () => {
    client = new ApiClient(loadConnection({ kubeconfig, env: {} }));
    discovery = new Discovery(client, { refreshSpacingMs: 0 });
    schemas = new SchemaStore(client, { refreshSpacingMs: 0 });
    configMaps = await find({ group: "", version: "v1", kind: "ConfigMap" });
    const namespaces = await find({ group: "", version: "v1", kind: "Namespace" });
    await client.create(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  });

  afterAll(async () => {
    await Promise.all(informers.map(informer => informer.stop()));
    await client.delete(await find({ group: "", version: "v1", kind: "Namespace" }), { name: namespace });
    const crds = await find({ group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" });
    await client.delete(crds, { name: widgets.metadata.name });
    client.close();
  });

  it("says whether an apply created, changed nothing, or met another manager", async () => {
    const first = await client.apply(configMaps, configMap("apply", { a: "1" }), { fieldManager: "lynq" });
    const second = await client.apply(configMaps, configMap("apply", { a: "1" }), { fieldManager: "lynq" });
    expect([first.created, second.created]).toEqual([true, false]);
    expect(second.object.metadata.resourceVersion).toBe(first.object.metadata.resourceVersion);
    const conflict = await failure(client.apply(configMaps, configMap("apply", { a: "2" }), { fieldManager: "helm" }));
    expect(conflict.isConflict()).toBe(true);
    expect(fieldManagerConflicts(conflict).map(({ manager, field }) => [manager, field])).toEqual([
      ["lynq", ".data.a"],
    ]);
    const planned = await client.apply(configMaps, configMap("apply", { a: "2" }), {
      fieldManager: "helm",
      force: true,
      dryRun: true,
    });
    expect(planned.object.data).toEqual({ a: "2" });
    expect((await client.get(configMaps, { namespace, name: "apply" })).data).toEqual({ a: "1" });
  });

  it("refuses to touch what exists when only creation is wanted", async () => {
    const createOnly = (): KubernetesObject => {
      const object = configMap("once");
      return { ...object, metadata: { ...object.metadata, resourceVersion: "1" } };
    };
    expect((await client.apply(configMaps, createOnly(), { fieldManager: "lynq", force: true })).created).toBe(true);
    const error = await failure(client.apply(configMaps, createOnly(), { fieldManager: "lynq", force: true }));
    expect([error.isConflict(), fieldManagerConflicts(error)]).toEqual([true, []]);
  });

  it("refuses unknown fields and wrong types as invalid, not as a passing trouble", async () => {
    const unknown = await failure(
      client.apply(configMaps, { ...configMap("bad"), nope: 1 }, { fieldManager: "lynq", fieldValidation: "Strict" }),
    );
    const created = await failure(
      client.create(configMaps, { ...configMap("bad"), nope: 1 }, { fieldValidation: "Strict" }),
    );
    const typed = await failure(
      client.apply(configMaps, { ...configMap("bad"), data: { a: 1 } }, { fieldManager: "lynq" }),
    );
    expect([unknown.isInvalid(), created.isInvalid(), typed.isInvalid()]).toEqual([true, true, true]);
  });

  it("patches, replaces and deletes only what was meant", async () => {
    const key = { namespace, name: "edit" };
    const made = await client.create(configMaps, configMap("edit", { a: "1" }));
    expect((await failure(client.create(configMaps, configMap("edit")))).isAlreadyExists()).toBe(true);
    await client.mergePatch(configMaps, key, { data: { a: null, b: "2" } });
    const patched = await client.jsonPatch(configMaps, key, [{ op: "add", path: "/data/c", value: "3" }]);
    expect(patched.data).toEqual({ b: "2", c: "3" });
    expect(
      (await failure(client.jsonPatch(configMaps, key, [{ op: "test", path: "/data/c", value: "4" }]))).isInvalid(),
    ).toBe(true);
    expect((await failure(client.replace(configMaps, made))).isConflict()).toBe(true);
    expect((await client.replace(configMaps, { ...patched, data: {} })).data).toBeUndefined();
    expect((await failure(client.delete(configMaps, key, { preconditions: { uid: "another" } }))).isConflict()).toBe(
      true,
    );
    await client.delete(configMaps, key, {
      preconditions: { uid: made.metadata.uid ?? "" },
      propagationPolicy: "Background",
    });
    expect((await failure(client.get(configMaps, key))).isNotFound()).toBe(true);
    expect((await failure(client.delete(configMaps, key))).isNotFound()).toBe(true);
  });

  it("acts with the rights of somebody else", async () => {
    const somebody = client.as({ user: `system:serviceaccount:${namespace}:nobody` });
    expect((await failure(somebody.get(configMaps, { namespace, name: "apply" }))).isForbidden()).toBe(true);
  });

  it("keeps an informer true through changes and through labels that no longer match", async () => {
    const labels = { spec: "informer" };
    for (let i = 0; i < 7; i++) await client.create(configMaps, configMap(`i-${i}`, {}, labels));
    const { items } = await client.list(configMaps, {
      namespace,
      labelSelector: "spec=informer",
      limit: 2,
      metadataOnly: true,
    });
    expect(items.map(({ kind, data }) => [kind, data])).toEqual(
      Array.from({ length: 7 }, () => ["ConfigMap", undefined]),
    );
    const informer = inform({ resource: configMaps, labelSelector: "spec=informer" });
    await informer.waitForSync();
    expect(informer.size).toBe(7);
    await client.delete(configMaps, { namespace, name: "i-0" });
    await client.create(configMaps, configMap("i-9", {}, labels));
    await client.mergePatch(configMaps, { namespace, name: "i-1" }, { metadata: { labels: { spec: null } } });
    await until(() => informer.has(`${namespace}/i-9`) && !informer.has(`${namespace}/i-1`));
    expect([...informer.keys()].sort()).toEqual(
      ["i-2", "i-3", "i-4", "i-5", "i-6", "i-9"].map(name => `${namespace}/${name}`),
    );
  });

  it("learns of a new kind: discovery, schema, informer, status", async () => {
    const informer = inform({ resource: () => discovery.resolve(widgetKind) });
    expect(await discovery.resolve(widgetKind)).toBeUndefined();
    const crds = await find({ group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" });
    await client.apply(crds, widgets, { fieldManager: "lynq" });
    await informer.waitForSync();
    const resource = await find(widgetKind);
    expect([resource.plural, resource.namespaced]).toEqual(["widgets", false]);
    const widget = {
      apiVersion: `${group}/v1`,
      kind: "Widget",
      metadata: { name: "w" },
      spec: { size: 1, port: "http" },
    };
    await client.apply(resource, widget, { fieldManager: "lynq" });
    await until(() => informer.has("w"));
    expect((await client.patchStatus(resource, { name: "w" }, { phase: "Ready" })).status).toEqual({ phase: "Ready" });
    // The server publishes a new kind's schema a moment after it serves it.
    let spec = (await schemas.schemaFor(widgetKind))?.properties?.get("spec");
    while (spec === undefined) {
      await new Promise(resolve => setTimeout(resolve, 50));
      spec = (await schemas.schemaFor(widgetKind))?.properties?.get("spec");
    }
    expect(spec.properties?.get("size")).toEqual({ type: "integer" });
    expect(spec.properties?.get("port")).toEqual({ intOrString: true });
  });

  it("publishes schemas that say what a leaf is", async () => {
    const deployment = await schemas.schemaFor({ group: "apps", version: "v1", kind: "Deployment" });
    const spec = deployment?.properties?.get("spec");
    const container = spec?.properties?.get("template")?.properties?.get("spec")?.properties?.get("containers")?.items;
    expect(spec?.properties?.get("replicas")).toEqual({ type: "integer" });
    expect(spec?.properties?.get("strategy")?.properties?.get("rollingUpdate")?.properties?.get("maxSurge")).toEqual({
      intOrString: true,
    });
    expect(container?.properties?.get("resources")?.properties?.get("limits")?.additionalProperties).toEqual({
      type: "string",
    });
    expect(container?.properties?.get("livenessProbe")?.properties?.get("httpGet")?.properties?.get("port")).toEqual({
      intOrString: true,
    });
    const crd = await schemas.schemaFor({
      group: "apiextensions.k8s.io",
      version: "v1",
      kind: "CustomResourceDefinition",
    });
    const version = crd?.properties?.get("spec")?.properties?.get("versions")?.items;
    const props = version?.properties?.get("schema")?.properties?.get("openAPIV3Schema");
    expect(props?.properties?.get("not")).toBe(props);
  });

  it("accepts events, and counts their repetitions", async () => {
    const recorder = new EventRecorder({ client, component: "lynq-spec", spacingMs: 20 });
    const subject = await client.get(configMaps, { namespace, name: "apply" });
    for (let i = 0; i < 3; i++) recorder.record(subject, "Warning", "Spec", `hello ${"é".repeat(600)}`);
    await recorder.settled();
    const events = await find({ group: "", version: "v1", kind: "Event" });
    const read = async () => (await client.list(events, { namespace, fieldSelector: "reason=Spec" })).items;
    let items = await read();
    while (items[0]?.count !== 3) items = await read();
    expect(items).toHaveLength(1);
    expect([items[0].type, items[0].reportingComponent]).toEqual(["Warning", "lynq-spec"]);
    await recorder.close();
  });
});
