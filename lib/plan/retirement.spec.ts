import { describe, expect, it } from "@jest/globals";
import { planRetirement, suspensionMarks } from "./retirement";
import { type ExistingNode, type WantedForm, type WantedRows } from "./sync-plan";

const HOUR = 3_600_000;
const NOON = new Date("2026-07-06T12:00:00Z");
const hoursAgo = (hours: number): Date => new Date(NOON.getTime() - hours * HOUR);

const rows = (active: string[], changes: Partial<WantedRows> = {}): WantedRows => ({
  records: new Map(active.map(uid => [uid, { uid, values: new Map() }])),
  quarantinedUids: new Set(),
  suspendedUids: new Set(),
  ...changes,
});
const node = (uid: string, changes: Partial<ExistingNode> = {}): ExistingNode => ({
  name: `${uid}-web`,
  uid: `u-${uid}`,
  form: "web",
  recordUid: uid,
  revision: "web-1",
  values: new Map(),
  deleting: false,
  ready: true,
  failed: false,
  rolledOut: false,
  since: 0,
  ...changes,
});
const web: WantedForm = {
  name: "web",
  revision: "web-1",
  rollout: {
    generation: 1,
    settings: undefined,
    stable: undefined,
    previous: undefined,
    approval: undefined,
    belongs: () => false,
  },
};
const forms = (form: WantedForm = web) => new Map([[form.name, form]]);
const names = (nodes: readonly ExistingNode[]) => nodes.map(({ recordUid }) => recordUid);
const day = { ms: 24 * HOUR, readAt: NOON };

describe("a node whose row is not active any more", () => {
  it("goes at once without a grace period", () => {
    const { due, waiting, marks } = planRetirement(rows([]), forms(), [node("a")], { ms: 0, readAt: NOON });
    expect([names(due), waiting, marks]).toEqual([["a"], [], []]);
  });

  it("begins to wait with the read that misses the row", () => {
    const gone = node("a");
    expect(planRetirement(rows([]), forms(), [gone], day)).toEqual({
      due: [],
      waiting: [gone],
      nextDue: new Date("2026-07-07T12:00:00Z"),
      marks: [{ node: gone, inactiveSince: NOON }],
    });
  });

  it("waits on from when it began, and is told with the first that is due", () => {
    const nodes = [node("late", { inactiveSince: hoursAgo(2) }), node("early", { inactiveSince: hoursAgo(20) })];
    const { due, waiting, nextDue, marks } = planRetirement(rows([]), forms(), nodes, day);
    expect([due, names(waiting), marks]).toEqual([[], ["late", "early"], []]);
    expect(nextDue).toEqual(new Date("2026-07-06T16:00:00Z"));
  });

  it("is due when a read after the period still misses the row", () => {
    const nodes = [node("a", { inactiveSince: hoursAgo(24) }), node("b", { inactiveSince: hoursAgo(23.99) })];
    const { due, waiting } = planRetirement(rows([]), forms(), nodes, day);
    expect([names(due), names(waiting)]).toEqual([["a"], ["b"]]);
  });

  it("goes on when the row returns, and so does one whose row returns in a bad state", () => {
    const nodes = [node("a", { inactiveSince: hoursAgo(30) }), node("bad", { inactiveSince: hoursAgo(30) })];
    const { due, waiting, marks } = planRetirement(
      rows(["a"], { quarantinedUids: new Set(["bad"]) }),
      forms(),
      nodes,
      day,
    );
    expect([due, waiting]).toEqual([[], []]);
    expect(marks).toEqual(nodes.map(one => ({ node: one, inactiveSince: null })));
  });

  it("starts no clock while its row is quarantined", () => {
    const { waiting, marks } = planRetirement(rows([], { quarantinedUids: new Set(["a"]) }), forms(), [node("a")], day);
    expect([waiting, marks]).toEqual([[], []]);
  });

  it.each([
    ["is suspended by hand", { suspended: true }, rows([]), web],
    ["has a row that is off and suspends it", {}, rows([], { suspendedUids: new Set(["a"]) }), web],
    ["has a form that is suspended", {}, rows([]), { ...web, suspended: true }],
  ])("stays, and no clock runs, while it %s", (_, changes, table, form) => {
    const nodes = [node("a", { inactiveSince: hoursAgo(48), ...changes }), node("a", changes)];
    for (const grace of [day, { ms: 0, readAt: NOON }]) {
      const { due, waiting, marks } = planRetirement(table, forms(form), nodes, grace);
      expect([due, waiting, marks]).toEqual([[], [], []]);
    }
  });

  it("is suspended no longer when the row that said so is gone", () => {
    const { due } = planRetirement(rows([]), forms(), [node("a", { suspendedByRow: true })], { ms: 0, readAt: NOON });
    expect(names(due)).toEqual(["a"]);
  });
});

describe("a node whose form is gone", () => {
  it("goes without a grace period, its row active or not", () => {
    const { due, waiting } = planRetirement(rows(["a"]), new Map(), [node("a"), node("b")], day);
    expect([names(due), waiting]).toEqual([["a", "b"], []]);
  });

  it("stays while somebody has suspended it", () => {
    expect(planRetirement(rows(["a"]), new Map(), [node("a", { suspended: true })], day).due).toEqual([]);
  });
});

describe("the suspend column", () => {
  it("is noted where it differs from what the node says", () => {
    const [on, off, same, leaving] = [
      node("on"),
      node("off", { suspendedByRow: true }),
      node("same", { suspendedByRow: true }),
      node("leaving", { deleting: true }),
    ];
    const table = rows(["on", "off", "same"], { suspendedUids: new Set(["on", "same", "leaving"]) });
    expect(suspensionMarks(table, [on, off, same, leaving])).toEqual([
      { node: on, suspended: true },
      { node: off, suspended: null },
    ]);
  });
});
