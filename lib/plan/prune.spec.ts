import { describe, expect, it } from "@jest/globals";
import { type ChildFact } from "./child";
import { entryKey, type InventoryEntry } from "./inventory";
import { belongings, planPrune } from "./prune";

const entry = (id: string, name: string, changes: Partial<InventoryEntry> = {}): InventoryEntry => ({
  id,
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "default",
  name,
  uid: `uid-${name}`,
  deletionPolicy: "Delete",
  wave: 0,
  hash: "h",
  ownedHash: "o",
  ...changes,
});
const child = (name: string, changes: Partial<ChildFact> = {}): ChildFact => ({
  gvk: { group: "", version: "v1", kind: "ConfigMap" },
  namespace: "default",
  name,
  uid: `uid-${name}`,
  resourceVersion: "1",
  deleting: false,
  nodeLabel: "n",
  nodeNamespace: "default",
  writtenByUs: true,
  ownedHash: "o",
  readiness: { state: "Ready", message: "" },
  deletionPolicy: "Delete",
  createdOnce: false,
  unboundClaim: undefined,
  ...changes,
});
const plan = (
  inventory: InventoryEntry[],
  desired: Record<string, string>,
  changes: Partial<Parameters<typeof planPrune>[0]> = {},
) =>
  planPrune({
    belongings: belongings(inventory, []),
    desired: new Map(Object.entries(desired).map(([id, name]) => [id, entryKey(entry(id, name))])),
    unresolvedIds: new Set(),
    everythingApplied: true,
    readyIds: new Set(Object.keys(desired)),
    ...changes,
  }).map(({ name }) => name);

describe("pruning", () => {
  it("removes what the form no longer has", () => {
    expect(plan([entry("a", "x"), entry("b", "y")], { a: "x" })).toEqual(["y"]);
  });

  it("removes nothing when an id is renamed", () => {
    expect(plan([entry("a", "x")], { renamed: "x" })).toEqual([]);
  });

  it("removes nothing when two ids swap their objects", () => {
    expect(plan([entry("a", "x"), entry("b", "y")], { a: "y", b: "x" })).toEqual([]);
  });

  it("removes nothing before everything wanted is written", () => {
    expect(plan([entry("a", "x"), entry("b", "y")], { a: "x" }, { everythingApplied: false })).toEqual([]);
  });

  it("removes nothing while a resource cannot be named: what it made is not known to be unwanted", () => {
    expect(plan([entry("a", "x"), entry("b", "y")], { a: "x" }, { unresolvedIds: new Set(["b"]) })).toEqual([]);
  });

  it("keeps an object until its successor under a new name is ready", () => {
    expect(plan([entry("a", "old")], { a: "new" }, { readyIds: new Set() })).toEqual([]);
    expect(plan([entry("a", "old")], { a: "new" })).toEqual(["old"]);
  });

  it("tells kinds of different groups apart, and versions of one group not", () => {
    const inventory = [entry("a", "x", { apiVersion: "example.com/v1beta1" })];
    const desired = (apiVersion: string) => new Map([["a", entryKey(entry("a", "x", { apiVersion }))]]);
    expect(plan(inventory, {}, { desired: desired("example.com/v1"), readyIds: new Set(["a"]) })).toEqual([]);
    expect(plan(inventory, {}, { desired: desired("other.com/v1"), readyIds: new Set(["a"]) })).toEqual(["x"]);
  });
});

describe("belongings", () => {
  it("include what was written in the moment before a crash, and is in no inventory", () => {
    expect(belongings([], [child("x")])).toMatchObject([{ name: "x", uid: "uid-x", deletionPolicy: "Delete" }]);
  });

  it("leave out what only carries copied labels", () => {
    expect(belongings([], [child("slice", { writtenByUs: false })])).toEqual([]);
  });

  it("retain what does not say its deletion policy", () => {
    expect(belongings([], [child("x", { deletionPolicy: undefined })])).toMatchObject([{ deletionPolicy: "Retain" }]);
  });

  it("go against the order of dependencies", () => {
    const inventory = [entry("ns", "a", { wave: 0 }), entry("svc", "c", { wave: 2 }), entry("app", "b", { wave: 1 })];
    expect(belongings(inventory, []).map(({ name }) => name)).toEqual(["c", "b", "a"]);
  });
});
