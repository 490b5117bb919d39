import { describe, expect, it } from "@jest/globals";
import { type RolloutSettings, type RolloutStatus } from "../../crds";
import { planRollout, type RolloutSituation } from "./rollout";
import { type RolloutNode, type RolloutRow } from "./rollout-row";

const T0 = Date.parse("2026-07-06T12:00:00Z");
const after = (seconds: number) => T0 + seconds * 1000;
const time = (seconds: number) => new Date(after(seconds)).toISOString().replace(".000Z", "Z");

const OLD: RolloutNode = { revision: "web-1", ready: true, failed: false, rolledOut: false, since: after(-9000) };
const old = (changes: Partial<RolloutNode> = {}): RolloutNode => ({ ...OLD, ...changes });
/** On the newest revision by a rollout. */
const moved = (seconds: number, changes: Partial<RolloutNode> = {}): RolloutNode => ({
  ...OLD,
  revision: "web-2",
  rolledOut: true,
  since: after(seconds),
  ...changes,
});
const starting = (seconds = 0) => moved(seconds, { ready: false });
const broken = (seconds = 0) => moved(seconds, { ready: false, failed: true });
const made = (changes: Partial<RolloutNode> = {}) => moved(0, { rolledOut: false, ...changes });

/** Row → node; undefined is a row without one. */
type Table = Record<string, RolloutNode | undefined>;
const rowsOf = (table: Table): RolloutRow[] => Object.entries(table).map(([uid, node]) => ({ uid, node }));
const olds = (count: number): Table => Object.fromEntries(Array.from({ length: count }, (_, i) => [`row-${i}`, old()]));

const situation = (settings: RolloutSettings = {}, more: Partial<RolloutSituation> = {}): RolloutSituation => ({
  form: "web",
  generation: 2,
  target: "web-2",
  settings,
  stable: "web-1",
  previous: undefined,
  approval: undefined,
  belongs: (_, uid) => uid.startsWith("canary"),
  suspended: false,
  ...more,
});
const plan = (table: Table, settings?: RolloutSettings, more?: Partial<RolloutSituation>, now = T0) =>
  planRollout(situation(settings, more), rowsOf(table), now);
const phase = (...input: Parameters<typeof plan>) => plan(...input).progress.status.phase;
/** What a rollout wrote that began at T0 with these nodes. */
const begun = (table: Table, settings?: RolloutSettings): RolloutStatus => plan(table, settings).progress.status;

describe("maxSkew", () => {
  it.each<[number | string, number]>([
    [0, 10],
    [3, 3],
    ["1%", 1],
    ["25%", 3],
    ["30%", 3],
    ["100%", 10],
  ])("%s lets so many of 10 nodes move at once: %d", (maxSkew, count) => {
    expect(plan(olds(10), { maxSkew }).moves).toHaveLength(count);
  });

  it("counts nodes that have moved and are not ready yet, also after a restart with nothing in memory", () => {
    expect(plan({ a: starting(), b: old(), c: old() }, { maxSkew: 1 }).moves).toEqual([]);
    expect(plan({ a: moved(0), b: old(), c: old() }, { maxSkew: 1 }).moves).toEqual(["b"]);
  });

  it("counts no node that was made with the newest content: new rows do not slow a rollout down", () => {
    expect(plan({ new: made({ ready: false }), b: old() }, { maxSkew: 1 }).moves).toEqual(["b"]);
  });

  it("counts no node that has failed: it cost one place, and the rollout goes on", () => {
    expect(plan({ a: broken(), b: old(), c: old() }, { maxSkew: 1 }).moves).toEqual(["b"]);
  });

  it("counts no node that was not ready for the progress deadline", () => {
    const settings = { maxSkew: 1, progressDeadlineSeconds: 60 };
    const table = { a: starting(), b: old() };
    expect(plan(table, settings, {}, after(59))).toMatchObject({ moves: [], lookAgainAt: after(60) });
    const later = plan(table, settings, { previous: begun(table, settings) }, after(60));
    expect(later.moves).toEqual(["b"]);
    expect(later.progress).toMatchObject({ failed: ["a"], status: { phase: "InProgress", failedNodes: 1 } });
  });

  it("gives a node that falls back the whole deadline again", () => {
    const fallen = moved(500, { ready: false });
    expect(plan({ a: fallen, b: old() }, { maxSkew: 1 }, {}, after(700)).progress.failed).toEqual([]);
    expect(plan({ a: fallen, b: old() }, { maxSkew: 1 }, {}, after(1100)).progress.failed).toEqual(["a"]);
  });
});

describe("new rows", () => {
  const revision = (...input: Parameters<typeof plan>) => plan(...input).revisionOfNew("row-new");

  it("start with the newest content while it spreads", () => {
    expect(revision({ "row-a": old(), "row-b": starting(), "row-new": undefined }, { maxSkew: 1 })).toBe("web-2");
  });

  it("start with the stable content while the rollout is paused or held", () => {
    expect(revision({ "row-a": old(), "row-new": undefined }, { paused: true })).toBe("web-1");
    expect(revision({ "row-a": old(), b: broken(), "row-new": undefined }, { failureBudget: 0 })).toBe("web-1");
  });

  const canary = { steps: [{ when: "{{ .canary }}" }] };

  it("of a step that is reached start with the newest content, others with the stable one", () => {
    const { revisionOfNew } = plan({ canary: old(), a: old(), "canary-new": undefined, new: undefined }, canary);
    expect(["canary-new", "new"].map(uid => revisionOfNew(uid))).toEqual(["web-2", "web-1"]);
  });

  it("start with the newest content after the last step", () => {
    expect(revision({ canary: moved(0), "row-a": old(), "row-new": undefined }, canary)).toBe("web-2");
  });

  it("of a form's first revision start with it: there is no other", () => {
    const first = plan({ new: undefined }, canary, { stable: undefined });
    expect(first.revisionOfNew("new")).toBe("web-2");
    expect(first.progress).toMatchObject({ stable: "web-2", status: { phase: "Idle" } });
  });
});

describe("steps", () => {
  const steps = [
    { name: "canary", when: "{{ .canary }}" },
    { percent: 50, pause: { seconds: 30 } },
    { percent: 80, pause: { approval: true } },
  ];
  const table = (changes: Table = {}): Table => ({
    "canary-1": old(),
    ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`row-${i}`, old()])),
    ...changes,
  });
  /** Moves these rows to the newest revision. */
  const done = (before: Table, uids: readonly string[]): Table => ({
    ...before,
    ...Object.fromEntries(uids.map(uid => [uid, moved(0)])),
  });

  it("lets the canaries go first, alone", () => {
    const { moves, progress } = plan(table(), { steps });
    expect(moves).toEqual(["canary-1"]);
    expect(progress.status).toMatchObject({ phase: "InProgress", step: 1, stepName: "canary", startTime: time(0) });
  });

  it("goes on once they are ready, to exactly the percentage, canaries included", () => {
    const previous = begun(table(), { steps });
    expect(plan(table({ "canary-1": starting() }), { steps }, { previous }, after(5)).moves).toEqual([]);
    const next = plan(table({ "canary-1": moved(5) }), { steps }, { previous }, after(5));
    expect(next.moves).toHaveLength(4);
    expect(next.progress.status).toMatchObject({ step: 2, stepName: "50%", stepStartTime: time(5) });
  });

  const second = () => {
    const previous = begun(table({ "canary-1": moved(0) }), { steps });
    const { moves } = plan(table({ "canary-1": moved(0) }), { steps });
    return { previous, table: done(table({ "canary-1": moved(0) }), moves), moves };
  };

  it("chooses the same nodes at every look, whatever the order of the rows, and others in another form", () => {
    const { moves } = second();
    const rows = rowsOf(table({ "canary-1": moved(0) }));
    expect(planRollout(situation({ steps }), rows.reverse(), T0).moves).toEqual(moves);
    const others = Array.from(
      { length: 5 },
      (_, i) => planRollout(situation({ steps }, { form: `form-${i}` }), rows, T0).moves,
    );
    expect(new Set(others.map(one => one.join())).size).toBeGreaterThan(1);
  });

  it("moves nobody else when a new row comes in between", () => {
    const { previous, table: at } = second();
    expect(plan({ ...at, new: old() }, { steps }, { previous }, after(5)).moves).toHaveLength(1);
    expect(plan({ ...at, new: undefined }, { steps }, { previous }, after(5)).moves.length).toBeLessThanOrEqual(1);
    expect(plan({ ...at, new: made() }, { steps }, { previous }, after(5)).moves).toEqual([]);
  });

  it("pauses for its seconds, from the moment its nodes were ready, and over a restart", () => {
    const { previous, table: at } = second();
    const paused = plan(at, { steps }, { previous }, after(10));
    expect(paused).toMatchObject({ moves: [], lookAgainAt: after(40) });
    expect(paused.progress.status).toMatchObject({ phase: "Paused", step: 2, stepDoneTime: time(10) });
    const on = { previous: paused.progress.status };
    expect(plan(at, { steps }, on, after(39)).progress.status).toEqual(paused.progress.status);
    expect(plan(at, { steps }, on, after(40)).moves).toHaveLength(3);
  });

  it("pauses until exactly its step of exactly this rollout is approved", () => {
    const { previous, table: at } = second();
    const { status } = plan(at, { steps }, { previous }, after(10)).progress;
    const third = plan(at, { steps }, { previous: status }, after(40));
    const all = done(at, third.moves);
    const waiting = plan(all, { steps }, { previous: third.progress.status }, after(50));
    const wanted = `web-2/3/${time(0)}`;
    expect(waiting.progress.status).toMatchObject({ phase: "Paused", step: 3, approval: wanted });
    expect(waiting.lookAgainAt).toBeUndefined();
    const on = { previous: waiting.progress.status };
    for (const approval of [undefined, "web-2/3", `web-2/2/${time(0)}`, `web-1/3/${time(0)}`, `web-2/3/${time(-60)}`]) {
      expect(plan(all, { steps }, { ...on, approval }, after(60)).moves).toEqual([]);
    }
    const approved = plan(all, { steps }, { ...on, approval: wanted }, after(60));
    expect(approved.moves).toHaveLength(2);
    expect(approved.progress.status).toMatchObject({ phase: "InProgress", step: 4, stepName: "all others" });
    const complete = plan(done(all, approved.moves), { steps }, { previous: approved.progress.status }, after(70));
    expect(complete.progress).toMatchObject({
      stable: "web-2",
      status: { phase: "Complete", completionTime: time(70) },
    });
  });

  it("with seconds and approval wait for both", () => {
    const both = [{ when: "x", pause: { seconds: 30, approval: true } }];
    const at = { canary: moved(0), a: old() };
    const { status } = plan(at, { steps: both }).progress;
    const approval = `web-2/1/${time(0)}`;
    expect(plan(at, { steps: both }, { previous: status, approval }, after(29)).moves).toEqual([]);
    expect(plan(at, { steps: both }, { previous: status }, after(30)).moves).toEqual([]);
    expect(plan(at, { steps: both }, { previous: status, approval }, after(30)).moves).toEqual(["a"]);
  });

  it("go one place at a time with maxSkew, earlier steps first", () => {
    const settings = { steps: [{ when: "x" }, { percent: 100 }], maxSkew: 1 };
    const at: Table = { "a-row": old(), "canary-1": old(), "canary-2": moved(0) };
    expect(plan(at, settings).moves).toEqual(["canary-1"]);
  });

  it("that nobody belongs to pause all the same: nothing was proven", () => {
    const none = [{ name: "nobody", percent: undefined, when: "x", pause: { approval: true } }];
    expect(plan({ a: old() }, { steps: none }).progress.status).toMatchObject({ phase: "Paused", step: 1 });
    expect(plan({ a: old() }, { steps: [{ when: "x" }] }).moves).toEqual(["a"]);
  });

  it("are begun anew by other content, with a new start", () => {
    const { previous, table: at } = second();
    const { status } = plan(at, { steps }, { previous, target: "web-3" }, after(60)).progress;
    expect(status).toMatchObject({ step: 1, startTime: time(60), targetRevision: "web-3", updatedNodes: 0 });
  });

  it("are begun anew by other steps, and not by other settings", () => {
    const { previous, table: at } = second();
    const other = plan(at, { steps: steps.slice(1) }, { previous }, after(60)).progress.status;
    expect(other).toMatchObject({ step: 1, startTime: time(60) });
    const same = plan(at, { steps, maxSkew: 5 }, { previous, generation: 3 }, after(60)).progress.status;
    expect(same).toMatchObject({ step: 2, startTime: time(0), targetGeneration: 3 });
  });

  it("are passed over on the way back to the stable content, which is proven", () => {
    const back = { target: "web-1", stable: "web-1" };
    const at = { canary: broken(), a: starting(), b: old() };
    expect(plan(at, { steps, failureBudget: 0 }, back)).toMatchObject({ moves: ["a", "canary"] });
    expect(plan(at, { steps, maxSkew: 1 }, back).moves).toEqual(["a"]);
  });

  it("move no node while the form is paused, and keep their place", () => {
    const { previous, table: at } = second();
    const paused = plan(at, { steps, paused: true }, { previous }, after(100));
    expect(paused).toMatchObject({ moves: [], progress: { status: { phase: "Paused", paused: true, step: 2 } } });
    expect(plan(at, { steps }, { previous: paused.progress.status }, after(200)).moves).toHaveLength(3);
  });
});

describe("the failure budget", () => {
  const many = (failed: number, updated: number, waiting: number): Table => ({
    ...Object.fromEntries(Array.from({ length: updated }, (_, i) => [`u-${i}`, i < failed ? broken() : moved(0)])),
    ...Object.fromEntries(Array.from({ length: waiting }, (_, i) => [`w-${i}`, old()])),
  });

  it.each<[number | string | undefined, number, number, boolean]>([
    [undefined, 5, 5, false],
    [0, 1, 5, true],
    [1, 1, 5, false],
    [1, 2, 5, true],
    ["20%", 1, 5, false],
    ["20%", 1, 4, true],
    ["0%", 1, 100, true],
    ["100%", 5, 5, false],
  ])("%s with %d of %d failed: held is %s", (failureBudget, failed, updated, held) => {
    const settings = { maxSkew: 1, ...(failureBudget !== undefined && { failureBudget }) };
    const { progress, moves } = plan(many(failed, updated, 3), settings);
    expect([progress.status.phase, moves.length]).toEqual(held ? ["Held", 0] : ["InProgress", 1]);
  });

  it("is 0 with steps, unless it is given", () => {
    const at = { canary: broken(), a: old() };
    expect(phase(at, { steps: [{ when: "x" }] })).toBe("Held");
    expect(plan(at, { steps: [{ when: "x" }], failureBudget: 1 }).moves).toEqual(["a"]);
  });

  it("is exceeded by nodes that were not ready for the deadline, and time alone tells", () => {
    const settings = { steps: [{ when: "x" }], progressDeadlineSeconds: 60 };
    const at = { canary: starting(), a: old() };
    const first = plan(at, settings);
    expect(first).toMatchObject({ lookAgainAt: after(60), progress: { status: { phase: "InProgress" } } });
    expect(phase(at, settings, { previous: first.progress.status }, after(60))).toBe("Held");
  });

  it("holds until the nodes work, begins the pause anew, and then goes on by itself", () => {
    const settings = { steps: [{ when: "x", pause: { seconds: 30 } }] };
    const good = { canary: moved(0), a: old() };
    const paused = plan(good, settings).progress.status;
    const held = plan({ ...good, canary: broken(20) }, settings, { previous: paused }, after(20)).progress.status;
    expect(held).toMatchObject({ phase: "Held", step: 1 });
    expect(held).not.toHaveProperty("stepDoneTime");
    const again = plan({ ...good, canary: broken(20) }, settings, { previous: held }, after(90)).progress.status;
    expect(again).toEqual(held);
    const repaired = plan(good, settings, { previous: held }, after(100));
    expect(repaired.progress.status).toMatchObject({ phase: "Paused", stepDoneTime: time(100) });
    expect(plan(good, settings, { previous: repaired.progress.status }, after(130)).moves).toEqual(["a"]);
  });

  it("holds nothing on the way back to the stable content", () => {
    const at = { a: old({ revision: "web-1", ready: false, failed: true }), b: moved(0) };
    expect(plan(at, { failureBudget: 0 }, { target: "web-1" })).toMatchObject({ moves: ["b"] });
  });

  it("counts rows that were made with the newest content and have failed", () => {
    expect(phase({ a: old(), new: made({ ready: false, failed: true }) }, { failureBudget: 0 })).toBe("Held");
  });
});

describe("a rollout's phase", () => {
  const settings = { maxSkew: 1 };
  const at = { a: old(), b: old(), c: old(), d: old() };
  const previous = begun(at, settings);

  it("is in progress from the start, also while it is throttled", () => {
    expect(previous).toEqual({
      phase: "InProgress",
      targetGeneration: 2,
      targetRevision: "web-2",
      totalNodes: 4,
      updatedNodes: 0,
      updatingNodes: 0,
      readyUpdatedNodes: 0,
      failedNodes: 0,
      startTime: time(0),
      stepStartTime: time(0),
    });
  });

  const all = { a: moved(0), b: moved(0), c: moved(0), d: moved(0) };
  const complete = plan(all, settings, { previous }, after(100)).progress;

  it("is complete when every node is updated and ready, at that time; then the content is stable", () => {
    expect(complete).toMatchObject({
      stable: "web-2",
      status: { phase: "Complete", startTime: time(0), completionTime: time(100) },
    });
  });

  it.each([
    ["a node falls back", { ...all, a: starting(8000) }],
    ["a row is added", { ...all, new: made({ ready: false }) }],
  ])("stays complete when %s", (_, table) => {
    const { status } = plan(table, settings, { previous: complete.status, stable: "web-2" }, after(9000)).progress;
    expect(status).toMatchObject({ phase: "Complete", completionTime: time(100) });
  });

  it("is complete while new rows still start", () => {
    expect(phase({ ...all, new: made({ ready: false }) }, settings, { previous })).toBe("Complete");
  });

  it("is not complete before a form's first nodes are ready", () => {
    const first = { stable: undefined, previous: undefined };
    expect(phase({ a: made({ ready: false }) }, settings, first)).toBe("InProgress");
    expect(phase({ a: made() }, settings, first)).toBe("Complete");
  });

  it("starts anew when a node comes back with old content, with the whole deadline", () => {
    const back = { previous: complete.status, stable: "web-2" };
    const { moves, progress } = plan({ ...all, back: old() }, settings, back, after(9000));
    expect(moves).toEqual(["back"]);
    expect(progress.status).toMatchObject({ phase: "InProgress", stepStartTime: time(9000) });
  });

  it("starts anew for new content", () => {
    const { status } = plan(
      all,
      settings,
      { previous: complete.status, target: "web-3", stable: "web-2" },
      after(200),
    ).progress;
    expect(status).toMatchObject({ phase: "InProgress", targetRevision: "web-3", startTime: time(200) });
    expect(status).not.toHaveProperty("completionTime");
  });

  it("has failed when nothing moves until the deadline, and goes on when something does", () => {
    const stuck = { ...all, d: broken(0) };
    const deadline = plan(stuck, settings, { previous }, after(599));
    expect(deadline).toMatchObject({ lookAgainAt: after(600), progress: { status: { phase: "InProgress" } } });
    expect(plan(stuck, settings, { previous }, after(600)).progress).toMatchObject({
      status: { phase: "Failed", failedNodes: 1 },
      failed: ["d"],
    });
    expect(phase({ ...stuck, c: moved(500) }, settings, { previous }, after(600))).toBe("InProgress");
    expect(phase({ ...stuck, c: moved(500) }, settings, { previous }, after(1100))).toBe("Failed");
  });

  it("that has failed makes its content stable all the same where nothing is left to move and nobody set a budget", () => {
    expect(plan({ ...all, d: broken() }, settings, { previous }).progress.stable).toBe("web-2");
    expect(plan({ ...all, d: broken() }, { failureBudget: 0 }, { previous }).progress.stable).toBe("web-1");
  });

  it("is complete with failures that the budget lets pass", () => {
    const { progress } = plan({ ...all, d: broken() }, { failureBudget: "25%" }, { previous });
    expect(progress).toMatchObject({ stable: "web-2", failureLimit: 1, status: { phase: "Complete", failedNodes: 1 } });
  });

  it("does not fail while it is paused, and has the whole deadline when it goes on", () => {
    const paused = plan(at, { maxSkew: 1, paused: true }, { previous }, after(9000)).progress.status;
    expect(paused).toMatchObject({ phase: "Paused", stepStartTime: time(0) });
    expect(plan(at, settings, { previous: paused }, after(9999)).progress.status).toMatchObject({
      phase: "InProgress",
      stepStartTime: time(9999),
    });
  });

  it("pauses while the form is suspended, and has the whole deadline afterwards", () => {
    const frozen = plan(at, settings, { previous, suspended: true }, after(9000)).progress;
    expect(frozen).toMatchObject({ suspended: true, governed: true, status: { phase: "Paused" } });
    expect(frozen.status).not.toHaveProperty("paused");
    expect(phase(at, settings, { previous: frozen.status }, after(9999))).toBe("InProgress");
  });

  it("pauses while a human has not approved the form's plan, and makes nothing stable meanwhile", () => {
    const rows = rowsOf(at).map(row => ({ ...row, withheld: true }));
    const { moves, progress } = planRollout(situation(settings, { previous }), rows, after(9000));
    expect(moves).toEqual([]);
    expect(progress).toMatchObject({ withheld: 4, stable: "web-1", status: { phase: "Paused" } });
    const some = rows.map(row => ({ ...row, withheld: row.uid !== "c" }));
    expect(planRollout(situation(settings, { previous }), some, T0).moves).toEqual(["c"]);
  });

  it("does not begin before there are nodes, so the first row has the whole deadline", () => {
    const idle = plan({ new: undefined }, settings, { stable: undefined }).progress.status;
    expect(idle).toMatchObject({ phase: "Idle" });
    expect(idle).not.toHaveProperty("startTime");
    const first = plan({ new: made({ ready: false, since: after(9000) }) }, settings, { previous: idle }, after(9000));
    expect(first.progress.status).toMatchObject({ phase: "InProgress", startTime: time(9000) });
  });

  it("does not take over the start time that the Go operator gave an idle rollout", () => {
    const idle: RolloutStatus = { phase: "Idle", targetGeneration: 2, startTime: time(-9000) };
    expect(plan(at, settings, { previous: idle }).progress.status).toMatchObject({ startTime: time(0) });
  });

  it("asks for no look while nothing can change by time", () => {
    expect(plan(all, settings, { previous: complete.status, stable: "web-2" }).lookAgainAt).toBeUndefined();
    expect(plan(at, { maxSkew: 1, paused: true }, { previous }).lookAgainAt).toBeUndefined();
  });

  it("is told only where spec.rollout asks for something", () => {
    const governed = (settings: RolloutSettings) => plan(at, settings).progress.governed;
    expect([{}, { maxSkew: 0, progressDeadlineSeconds: 60 }].map(governed)).toEqual([false, false]);
    expect(
      [{ maxSkew: "5%" }, { paused: true }, { failureBudget: 0 }, { steps: [{ percent: 5 }] }].map(governed),
    ).toEqual([true, true, true, true]);
  });
});

describe("the stable revision", () => {
  it("is, where none is on record, the one that most of the other nodes have", () => {
    const at = { a: old(), b: old(), c: old({ revision: "web-0" }), d: moved(0) };
    expect(plan(at, { paused: true }, { stable: undefined }).progress.stable).toBe("web-1");
  });

  it("is the newest where all others are the Go operator's, which name none", () => {
    const at = { a: old({ revision: "" }) };
    expect(plan(at, { steps: [{ when: "x" }] }, { stable: undefined }).moves).toEqual(["a"]);
  });
});
