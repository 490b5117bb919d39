import { describe, expect, it } from "@jest/globals";
import { type LynqFormObject } from "../../../crds";
import { compileBlueprint } from "../../blueprint/compile";
import { planSync, type WantedForm } from "../../plan/sync-plan";
import { TemplateCache } from "../../template";
import { permitsOf } from "./form-permits";

const values = (uid: string) => new Map([["uid", uid]]);
const rows = {
  records: new Map(["a", "b", "new"].map(uid => [uid, { uid, values: values(uid) }])),
  quarantinedUids: new Set<string>(),
};
const NOW = Date.parse("2026-07-06T12:00:00Z");

function form(spec: Partial<LynqFormObject["spec"]> = {}): LynqFormObject {
  return {
    apiVersion: "operator.lynq.sh/v1",
    kind: "LynqForm",
    metadata: { namespace: "ns", name: "web", uid: "f", generation: 7 },
    spec: { hubId: "hub", ...spec },
  };
}

/** What rows may do of a form whose nodes have revision `old`, except for row `new`, which has none. */
function permitOf({ spec }: LynqFormObject, moving: { form: string; row: string; revision: string }[] = []) {
  const wanted: WantedForm = {
    name: "web",
    revision: "newest",
    suspended: spec.suspend === true,
    rollout: {
      generation: 7,
      settings: spec.rollout,
      stable: "old",
      previous: undefined,
      approval: undefined,
      belongs: () => false,
    },
  };
  const nodes = ["a", "b"].map(uid => ({
    name: `${uid}-web`,
    uid: `u-${uid}`,
    form: "web",
    recordUid: uid,
    revision: "old",
    values: values(uid),
    deleting: false,
    ready: true,
    failed: false,
    rolledOut: false,
    since: NOW,
  }));
  const plan = planSync(rows, [wanted], nodes, { now: NOW });
  const blueprint = compileBlueprint({}, new TemplateCache(1));
  return permitsOf(1, [form(spec)], new Map([["web", { name: "newest", blueprint }]]), plan, moving);
}

describe("what rows may do by themselves", () => {
  it("is everything where no rollout is throttled", () => {
    const permits = permitOf(form());
    const permit = permits.forms.get("web");
    expect(permits.governed).toBe(false);
    expect([permit?.moves("a", "old"), permit?.moves("a", "newest")]).toEqual([true, false]);
    expect(permit?.ofNew("any")).toBe("newest");
  });

  it("is what the rollout has said of them, where one is", () => {
    const permits = permitOf(form({ rollout: { maxSkew: 1 } }), [{ form: "web", row: "a", revision: "newest" }]);
    const permit = permits.forms.get("web");
    expect(permits.governed).toBe(true);
    expect([permit?.moves("a", "old"), permit?.moves("b", "old")]).toEqual([true, false]);
    // It is there by now.
    expect(permit?.moves("a", "newest")).toBe(false);
    expect([permit?.ofNew("new"), permit?.ofNew("later")]).toEqual(["newest", undefined]);
  });

  it("is nothing of a form that is suspended", () => {
    expect(permitOf(form({ suspend: true })).forms.size).toBe(0);
  });
});
