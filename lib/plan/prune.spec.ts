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
  deletion: undefined,
  nodeLabel: "n",
  nodeNamespace: "default",
  writtenByUs: true,
  writtenByPredecessor: false,
  ownedHash: "o",
  readiness: { state: "Ready", message: "" },
  readyRule: undefined,
  deletionPolicy: "Delete",
  createdOnce: false,
  unboundClaim: undefined,
  ...changes,
});
const unwanted = (
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
    dependents: () => [],
    ...changes,
  });
const plan = (...input: Parameters<typeof unwanted>) =>
  unwanted(...input).flatMap(({ name, hold }) => (hold === undefined ? [name] : []));

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

  it("keeps an object until everything that depends on its successor is ready, too", () => {
    const desired = { db: "new", pool: "pool", app: "app", other: "other" };
    const chain: Record<string, string[]> = { db: ["pool"], pool: ["app"] };
    const dependents = (id: string) => chain[id] ?? [];
    const held = (...ready: string[]) =>
      unwanted([entry("db", "old")], desired, { dependents, readyIds: new Set(ready) }).map(({ hold }) => hold);
    expect(held("db", "pool")).toEqual(["app is not ready yet"]);
    expect(held("db", "pool", "app")).toEqual([undefined]);
  });

  it("goes against the order of dependencies, and says why something stays", () => {
    const inventory = [entry("a", "x"), entry("gone", "low"), entry("b", "high", { wave: 2 })];
    expect(unwanted(inventory, { a: "x" }, { everythingApplied: false })).toMatchObject([
      { name: "high", hold: "not everything that is wanted is written yet" },
      { name: "low", hold: "not everything that is wanted is written yet" },
    ]);
    expect(plan(inventory, { a: "x" })).toEqual(["high", "low"]);
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

  it("include what the Go operator made for the node", () => {
    const made = child("x", { writtenByUs: false, writtenByPredecessor: true });
    expect(belongings([], [made])).toMatchObject([{ name: "x", deletionPolicy: "Delete" }]);
  });

  it("retain what does not say its deletion policy", () => {
    expect(belongings([], [child("x", { deletionPolicy: undefined })])).toMatchObject([{ deletionPolicy: "Retain" }]);
  });

  it("go against the order of dependencies", () => {
    const inventory = [entry("ns", "a", { wave: 0 }), entry("svc", "c", { wave: 2 }), entry("app", "b", { wave: 1 })];
    expect(belongings(inventory, []).map(({ name }) => name)).toEqual(["c", "b", "a"]);
  });
});
