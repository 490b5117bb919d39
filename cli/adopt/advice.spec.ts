import { describe, expect, it } from "@jest/globals";
import { type ObjectAdoption } from "../../lib/controllers/planning/adoption";
import { adviceFor, isBlocked } from "./advice";

const plan = { apiVersion: "v1", kind: "ConfigMap", name: "x" };
const object = (changes: Partial<ObjectAdoption> = {}): ObjectAdoption => ({
  ...plan,
  id: "x",
  conflictPolicy: "Stuck",
  deletionPolicy: "Retain",
  exists: true,
  suggestion: "",
  owner: { kind: "foreign", managers: ["other"], controller: undefined },
  managers: new Map(),
  same: 1,
  differences: [],
  stuck: { ...plan, action: "conflict" },
  force: { ...plan, action: "unchanged" },
  marks: {},
  ...changes,
});
const FORCE = "x: set conflictPolicy: Force, apply the form, and set it back to Stuck when the node is ready";

describe("what to do next", () => {
  it.each([
    ["an object that agrees", object(), [FORCE]],
    [
      "one that the form takes by force already",
      object({ conflictPolicy: "Force" }),
      ["nothing is in the way: switch the row on"],
    ],
    ["nothing", object({ exists: false, owner: undefined }), ["nothing of it exists: the row makes all of it anew"]],
    [
      "an object that could be deleted with its row",
      object({ deletionPolicy: "Delete" }),
      ["x: set deletionPolicy: Retain until the migration has settled", FORCE],
    ],
    [
      "an object of Argo CD",
      object({ marks: { "argocd.argoproj.io/tracking-id": "shop:/ConfigMap:acme/x" } }),
      [
        "Argo CD has it in Application shop: delete the Application with --cascade=false, or take the object out of its source with Prune=false",
        FORCE,
      ],
    ],
    [
      "an object of Flux",
      object({ marks: { "kustomize.toolkit.fluxcd.io/name": "shop" } }),
      [
        "Flux has it in Kustomization shop: set spec.prune to false and let it reconcile before you take the object out",
        FORCE,
      ],
    ],
    [
      "an object that a controller owns",
      object({ owner: { kind: "foreign", managers: [], controller: "Database/acme" } }),
      [
        "x: another controller owns it and would write it again; take over what that controller owns it for, not this object",
      ],
    ],
    [
      "an object that was left behind, and changed since",
      object({ owner: { kind: "orphan" } }),
      ["x: a node left it behind, and somebody has changed it since; agree with them, or set conflictPolicy: Force"],
    ],
    [
      "what does not render",
      object({ exists: false, owner: undefined, force: { ...plan, action: "fail", message: "no" } }),
      ["x: mend the form; it does not render, or the API server refuses it, as said above"],
    ],
  ])("about %s", (_, one, expected) => {
    expect(adviceFor([one])).toEqual(expected);
  });
});

describe("what cannot be had whatever the policy is", () => {
  it.each([
    [{ ...plan, action: "fail" } as const, true],
    [{ ...plan, action: "recreate" } as const, true],
    [{ ...plan, action: "recreate", replaces: "ConfigMap old" } as const, false],
    [{ ...plan, action: "change" } as const, false],
  ])("%j: %s", (force, expected) => {
    expect(isBlocked(object({ force }))).toBe(expected);
  });
});
