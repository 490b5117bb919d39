import { describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../blueprint/object";
import { type SchemaNode } from "../blueprint/schema";
import { Redactor } from "../record/redactor";
import { type DiffOptions, diffObjects } from "./object-diff";

const object = (fields: Record<string, unknown>, metadata: Record<string, unknown> = {}): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "x", ...metadata },
  ...fields,
});
const spec = (before: unknown, after: unknown, options?: DiffOptions) =>
  diffObjects(object({ spec: before }), object({ spec: after }), options);

describe("the difference of two objects", () => {
  it("is nothing when only the server's own fields and the status differ", () => {
    const before = object({ status: { replicas: 1 } }, { uid: "u", resourceVersion: "1", generation: 1 });
    const after = object(
      { status: { replicas: 2 } },
      {
        uid: "v",
        resourceVersion: "2",
        generation: 2,
        managedFields: [{ manager: "x", time: "2026-01-01T00:00:00Z" }],
      },
    );
    expect(diffObjects(before, after)).toEqual([]);
  });

  it("names the leaves that came, went and changed, and no others", () => {
    expect(spec({ a: 1, b: { c: "x", d: true }, same: [1] }, { b: { c: "y" }, e: null, same: [1] })).toEqual([
      { path: ".spec.a", change: "removed", before: 1 },
      { path: ".spec.b.c", change: "changed", before: "x", after: "y" },
      { path: ".spec.b.d", change: "removed", before: true },
      { path: ".spec.e", change: "added", after: null },
    ]);
  });

  it("quotes keys that are no plain names", () => {
    const [change] = diffObjects(object({}), object({}, { labels: { "acme.io/team": "a" } }));
    expect(change).toEqual({ path: '.metadata.labels["acme.io/team"]', change: "added", after: "a" });
  });

  it("tells entries of a list apart by name, wherever they stand", () => {
    const before = {
      containers: [
        { name: "web", image: "a:1" },
        { name: "log", image: "b:1" },
      ],
    };
    const after = {
      containers: [
        { name: "log", image: "b:1" },
        { name: "web", image: "a:2" },
      ],
    };
    expect(spec(before, after)).toEqual([
      { path: '.spec.containers[name="web"].image', change: "changed", before: "a:1", after: "a:2" },
    ]);
  });

  it("tells them apart by the key fields that the schema says", () => {
    const ports: SchemaNode = { type: "array", listKeys: ["port", "protocol"] };
    const schema: SchemaNode = { properties: new Map([["spec", { properties: new Map([["ports", ports]]) }]]) };
    const before = { ports: [{ port: 53, protocol: "TCP", name: "a" }] };
    const after = {
      ports: [
        { port: 53, protocol: "UDP", name: "a" },
        { port: 53, protocol: "TCP", name: "b" },
      ],
    };
    expect(spec(before, after, { schema }).map(({ path, change }) => `${change} ${path}`)).toEqual([
      'changed .spec.ports[port=53,protocol="TCP"].name',
      'added .spec.ports[port=53,protocol="UDP"].name',
      'added .spec.ports[port=53,protocol="UDP"].port',
      'added .spec.ports[port=53,protocol="UDP"].protocol',
    ]);
  });

  it("counts entries by their place where nothing tells them apart", () => {
    expect(spec({ args: ["a", "b"] }, { args: ["a", "c", "d"] })).toEqual([
      { path: ".spec.args[1]", change: "changed", before: "b", after: "c" },
      { path: ".spec.args[2]", change: "added", after: "d" },
    ]);
  });

  it("is every leaf of an object that comes or goes", () => {
    const whole = object({ spec: { a: 1, none: {} } });
    expect(diffObjects(undefined, whole).map(({ path, change }) => `${change} ${path}`)).toEqual([
      "added .apiVersion",
      "added .kind",
      "added .metadata.name",
      "added .spec.a",
      "added .spec.none",
    ]);
    expect(diffObjects(whole, undefined).every(({ change }) => change === "removed")).toBe(true);
  });
});

describe("what is sensitive", () => {
  const shown = (changes: unknown) => JSON.stringify(changes);

  it("is all data of a Secret, and kubectl's copy of it", () => {
    const secret = (value: string): KubernetesObject => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "x",
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": `{"data":{"key":"${value}"}}`, team: value },
      },
      data: { key: value },
      stringData: { other: value },
    });
    expect(diffObjects(secret("b2xk"), secret("bmV3"))).toEqual([
      { path: ".data.key", change: "changed", before: "***", after: "***" },
      { path: ".metadata.annotations.team", change: "changed", before: "b2xk", after: "bmV3" },
      {
        path: '.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
        change: "changed",
        before: "***",
        after: "***",
      },
      { path: ".stringData.other", change: "changed", before: "***", after: "***" },
    ]);
  });

  it("is a leaf with a sensitive value in it, and what it was before", () => {
    const { redact } = new Redactor(["hunter2"]);
    const changes = spec({ url: "db://u:old-secret@h", n: 1 }, { url: "db://u:hunter2@h", n: 2 }, { redact });
    expect(changes).toEqual([
      { path: ".spec.n", change: "changed", before: 1, after: 2 },
      { path: ".spec.url", change: "changed", before: "***", after: "***" },
    ]);
    expect(shown(changes)).not.toContain("secret");
  });

  it("is a leaf that is made of a sensitive value, whatever it shows", () => {
    const before = { env: [{ name: "A", value: "digest-1" }], list: { a: 1 } };
    const after = {
      env: [
        { name: "B", value: "x" },
        { name: "A", value: "digest-2" },
      ],
      list: { a: 2 },
      listing: 1,
    };
    const sensitivePaths = new Set(['.spec.env[name="A"].value', ".spec.list"]);
    expect(spec(before, after, { sensitivePaths })).toEqual([
      { path: '.spec.env[name="A"].value', change: "changed", before: "***", after: "***" },
      { path: '.spec.env[name="B"].name', change: "added", after: "B" },
      { path: '.spec.env[name="B"].value', change: "added", after: "x" },
      { path: ".spec.list.a", change: "changed", before: "***", after: "***" },
      { path: ".spec.listing", change: "added", after: 1 },
    ]);
  });

  it("is all that was before, where nobody knows what it held", () => {
    expect(spec({ a: "old", b: "gone" }, { a: "new" }, { hideBefore: true })).toEqual([
      { path: ".spec.a", change: "changed", before: "***", after: "new" },
      { path: ".spec.b", change: "removed", before: "***" },
    ]);
  });
});
