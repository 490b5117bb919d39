import { describe, expect, it } from "@jest/globals";
import { type ExistingNode, planSync, unthrottled, type WantedForm } from "./sync-plan";

const record = (uid: string, values: Record<string, string> = {}) => ({
  uid,
  values: new Map([["uid", uid], ...Object.entries(values)]),
});
const rows = (uids: string[], quarantined: string[] = []) => ({
  records: new Map(uids.map(uid => [uid, record(uid)])),
  quarantinedUids: new Set(quarantined),
});
const form = (name = "web", changes: Partial<WantedForm> = {}): WantedForm => ({
  name,
  revision: `${name}-1`,
  rollout: {
    generation: 1,
    settings: undefined,
    stable: undefined,
    previous: undefined,
    approval: undefined,
    belongs: () => false,
  },
  ...changes,
});
const throttled = (maxSkew: number): WantedForm["rollout"] => ({ ...form().rollout, settings: { maxSkew } });
const NOW = { now: Date.parse("2026-07-06T12:00:00Z") };
const node = (uid: string, changes: Partial<ExistingNode> = {}): ExistingNode => ({
  name: `${uid}-web`,
  uid: `u-${uid}`,
  form: "web",
  recordUid: uid,
  revision: "web-1",
  values: new Map([["uid", uid]]),
  deleting: false,
  ready: true,
  failed: false,
  rolledOut: false,
  since: NOW.now,
  ...changes,
});
const names = (nodes: readonly { recordUid: string }[]) => nodes.map(({ recordUid }) => recordUid);

describe("a sync", () => {
  it("wants one node for each row and form", () => {
    const plan = planSync(rows(["a", "b"]), [form("web"), form("db")], [], NOW);
    expect(plan.desired).toBe(4);
    expect(plan.creations.map(({ form: name, record: { uid } }) => `${uid}-${name}`)).toEqual([
      "a-db",
      "b-db",
      "a-web",
      "b-web",
    ]);
  });

  it("does nothing when nothing differs", () => {
    const plan = planSync(rows(["a"]), [form()], [node("a")], NOW);
    expect([plan.creations, plan.updates, plan.removals]).toEqual([[], [], []]);
  });

  it("updates a node whose row changed", () => {
    const changed = { records: new Map([["a", record("a", { plan: "pro" })]]), quarantinedUids: new Set<string>() };
    expect(planSync(changed, [form()], [node("a")], NOW).updates).toMatchObject([
      { because: "values", revision: "web-1" },
    ]);
  });

  it("removes nodes of rows and of forms that are gone", () => {
    const plan = planSync(
      rows(["a"]),
      [form()],
      [node("a"), node("gone"), node("a", { form: "old", name: "a-old" })],
      NOW,
    );
    expect(plan.removals.map(({ name }) => name)).toEqual(["gone-web", "a-old"]);
  });

  it("leaves alone what runs for a quarantined row", () => {
    expect(planSync(rows([], ["a"]), [form()], [node("a")], NOW).removals).toEqual([]);
  });

  it("leaves alone the nodes of a form without a revision", () => {
    const plan = planSync(rows(["a", "new"]), [form("web", { revision: undefined })], [node("a")], NOW);
    expect([plan.creations, plan.updates, plan.removals]).toEqual([[], [], []]);
  });

  it("does not delete or change a node that is going already", () => {
    const plan = planSync(
      rows(["a"]),
      [form("web", { revision: "web-2" })],
      [node("a", { deleting: true }), node("b", { deleting: true })],
      NOW,
    );
    expect([plan.creations, plan.updates, plan.removals]).toEqual([[], [], []]);
  });
});

describe("a form whose changes wait for a yes", () => {
  const waiting = form("web", { revision: "web-2", rollout: throttled(1), withheld: new Set(["a", "new"]) });

  it("gets nothing for these rows, and its rollout goes on with the others", () => {
    const plan = planSync(rows(["a", "b", "new"]), [waiting], [node("a"), node("b")], NOW);
    expect(plan.creations).toEqual([]);
    expect(names(plan.updates.map(update => update.node))).toEqual(["b"]);
  });

  it("is planned as a whole, whatever its rollout allows at a time", () => {
    const plan = planSync(
      rows(["a", "b"]),
      [unthrottled(form("web", { revision: "web-2", rollout: throttled(1) }))],
      [node("a"), node("b")],
      NOW,
    );
    expect(names(plan.updates.map(update => update.node))).toEqual(["a", "b"]);
  });
});

describe("a rollout with maxSkew", () => {
  const next = form("web", { revision: "web-2", rollout: throttled(2) });

  it("moves so many nodes at once, in the order of their uids", () => {
    const plan = planSync(rows(["c", "a", "b"]), [next], [node("a"), node("b"), node("c")], NOW);
    expect(names(plan.updates.map(update => update.node))).toEqual(["a", "b"]);
    expect(plan.rollouts.get("web")?.status).toMatchObject({ phase: "InProgress", totalNodes: 3, updatedNodes: 0 });
  });

  it("counts a node that is not ready on the new revision as one slot", () => {
    const stuck = node("a", { revision: "web-2", ready: false, rolledOut: true });
    expect(
      names(
        planSync(rows(["a", "b", "c"]), [next], [stuck, node("b"), node("c")], NOW).updates.map(
          ({ node: { recordUid } }) => ({ recordUid }),
        ),
      ),
    ).toEqual(["b"]);
  });

  it("never holds up new rows", () => {
    const stuck = ["a", "b"].map(uid => node(uid, { revision: "web-2", ready: false, rolledOut: true }));
    expect(planSync(rows(["a", "b", "new"]), [next], stuck, NOW).creations).toMatchObject([
      { revision: "web-2", record: { uid: "new" } },
    ]);
  });

  it("lets a change of the row through on the node's own revision, so that a broken node can be repaired", () => {
    const busy = ["a", "b"].map(uid => node(uid, { revision: "web-2", ready: false, rolledOut: true }));
    const broken = node("c", { ready: false });
    const fixed = {
      records: new Map([...rows(["a", "b"]).records, ["c", record("c", { image: "good" })]]),
      quarantinedUids: new Set<string>(),
    };
    expect(planSync(fixed, [next], [...busy, broken], NOW).updates).toMatchObject([
      { because: "values", revision: "web-1", record: { uid: "c" } },
    ]);
  });
});
