import { describe, expect, it } from "@jest/globals";
import { type LynqFormObject } from "../../crds";
import { type KnownRevision, undoPatch, undoTarget } from "./revision-history";

const revision = (name: string, number: number, spec: Record<string, unknown> = {}): KnownRevision => ({
  name,
  number,
  object: { apiVersion: "apps/v1", kind: "ControllerRevision", metadata: { name }, revision: number, data: { spec } },
});
const history = [revision("web-a", 1), revision("web-b", 2), revision("web-c", 5)];
const form = (status: LynqFormObject["status"], spec: Partial<LynqFormObject["spec"]> = {}): LynqFormObject => ({
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqForm",
  metadata: { name: "web", resourceVersion: "7" },
  spec: { hubId: "hub", ...spec },
  ...(status === undefined ? {} : { status }),
});

describe("an undo", () => {
  it.each<[string, LynqFormObject["status"], string | undefined, string | undefined]>([
    ["to the stable content on the way", { currentRevision: "web-c", stableRevision: "web-a" }, undefined, "web-a"],
    ["to the one before when complete", { currentRevision: "web-c", stableRevision: "web-c" }, undefined, "web-b"],
    ["to a number", { currentRevision: "web-c", stableRevision: "web-c" }, "1", "web-a"],
    ["to a name", { currentRevision: "web-c", stableRevision: "web-c" }, "web-b", "web-b"],
    ["to none that is not kept", { currentRevision: "web-c", stableRevision: "web-c" }, "3", undefined],
  ])("goes %s", (_, status, wanted, expected) => {
    expect(undoTarget(form(status), history, wanted)?.name).toBe(expected);
  });

  it("goes nowhere where there is one content only", () => {
    const only = { currentRevision: "web-a", stableRevision: "web-a" };
    expect(undoTarget(form(only), history.slice(0, 1), undefined)).toBeUndefined();
  });

  it("gives back what the revision has, takes away what it has not, and leaves what is no content", () => {
    const configMaps = [{ id: "old", spec: { apiVersion: "v1", kind: "ConfigMap" } }];
    const secrets = [{ id: "new", spec: { apiVersion: "v1", kind: "Secret" } }];
    const now = form(undefined, { secrets, templateEngine: "mustache", rollout: { maxSkew: 1 } });
    expect(undoPatch(now, revision("web-a", 1, { configMaps, serviceAccountName: "writer" }).object)).toEqual({
      metadata: { resourceVersion: "7" },
      spec: { configMaps, serviceAccountName: "writer", secrets: null, templateEngine: null },
    });
  });
});
