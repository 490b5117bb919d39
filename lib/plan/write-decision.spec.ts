import { describe, expect, it } from "@jest/globals";
import { type ChildFact } from "./child";
import { type InventoryEntry } from "./inventory";
import { decideWrite } from "./write-decision";

const entry: InventoryEntry = {
  id: "app",
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "default",
  name: "a",
  uid: "u1",
  deletionPolicy: "Delete",
  wave: 0,
  hash: "h1",
  ownedHash: "o1",
};
const child: ChildFact = {
  gvk: { group: "", version: "v1", kind: "ConfigMap" },
  namespace: "default",
  name: "a",
  uid: "u1",
  resourceVersion: "7",
  deleting: false,
  deletion: undefined,
  nodeLabel: "n",
  nodeNamespace: "default",
  writtenByUs: true,
  writtenByPredecessor: false,
  ownedHash: "o1",
  readiness: { state: "Ready", message: "" },
  readyRule: undefined,
  deletionPolicy: "Delete",
  createdOnce: false,
  unboundClaim: undefined,
};
const decide = (changes: Partial<Parameters<typeof decideWrite>[0]>) =>
  decideWrite({ creationPolicy: "WhenNeeded", desiredHash: "h1", entry, child, ...changes });

describe("a WhenNeeded object", () => {
  it("costs nothing while it is as it should be", () => {
    expect(decide({})).toEqual({ action: "skip" });
  });

  it("is created, and only created, on first contact", () => {
    expect(decide({ entry: undefined, child: undefined })).toEqual({ action: "create", because: "new" });
  });

  it("is created again when it was deleted", () => {
    expect(decide({ child: undefined })).toEqual({ action: "create", because: "deleted" });
  });

  it("is applied when its content changes", () => {
    expect(decide({ desiredHash: "h2" })).toEqual({ action: "apply", because: "changed" });
  });

  it("is applied when somebody else took or changed a field of ours", () => {
    expect(decide({ child: { ...child, ownedHash: "o2" } })).toEqual({ action: "apply", because: "drifted" });
  });

  it("is applied as it is when somebody asks for it, and never made or hurried by that", () => {
    expect(decide({ anew: true })).toEqual({ action: "apply", because: "asked" });
    expect(decide({ anew: true, creationPolicy: "Once", entry: { ...entry, createdOnce: true } }).action).toBe("skip");
    expect(decide({ anew: true, child: { ...child, deleting: true } }).action).toBe("wait");
  });

  it("is taken over after a crash between its write and its record", () => {
    expect(decide({ entry: undefined })).toEqual({ action: "apply", because: "unrecorded" });
  });

  it("is not taken over when it only carries our labels", () => {
    expect(decide({ entry: undefined, child: { ...child, writtenByUs: false } })).toEqual({
      action: "create",
      because: "new",
    });
  });

  it("waits for one that is being deleted", () => {
    expect(decide({ child: { ...child, deleting: true } })).toEqual({ action: "wait" });
  });
});

describe("a Once object", () => {
  const once = { creationPolicy: "Once" as const, entry: { ...entry, createdOnce: true } };

  it.each([
    ["its content changes", { ...once, desiredHash: "h2" }],
    ["somebody edits it", { ...once, child: { ...child, ownedHash: "o2" } }],
    ["it is deleted", { ...once, child: undefined }],
    ["only the object itself remembers", { ...once, entry: undefined, child: { ...child, createdOnce: true } }],
  ])("is never touched again when %s", (_, changes) => {
    expect(decide(changes)).toEqual({ action: "skip" });
  });

  it("is created when there is none", () => {
    expect(decide({ creationPolicy: "Once", entry: undefined, child: undefined })).toEqual({
      action: "create",
      because: "new",
    });
  });
});
