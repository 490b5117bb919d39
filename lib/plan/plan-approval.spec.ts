import { describe, expect, it } from "@jest/globals";
import { type ApprovedPlan, judgePlan, type PlannedChange, plannedChanges } from "./plan-approval";
import { type ExistingNode } from "./sync-plan";

const record = (uid: string, plan = "basic") => ({
  uid,
  values: new Map([
    ["uid", uid],
    ["plan", plan],
  ]),
});
const node = (uid: string, nodeUid = `u-${uid}`): ExistingNode => ({
  name: `${uid}-web`,
  uid: nodeUid,
  form: "web",
  recordUid: uid,
  revision: "web-1",
  values: new Map(),
  deleting: false,
  ready: true,
  failed: false,
  rolledOut: false,
  since: 0,
});
const nodeOf = (form: string, row: string) => `${row}-${form}`;
const changes = (plan: Partial<Parameters<typeof plannedChanges>[0]>, hashKey?: string) =>
  plannedChanges({ creations: [], updates: [], removals: [], ...plan }, nodeOf, hashKey);
const create = (uid: string, plan?: string, revision = "web-1") => ({
  form: "web",
  revision,
  record: record(uid, plan),
});
const update = (uid: string, plan?: string, revision = "web-1", nodeUid?: string) =>
  ({ node: node(uid, nodeUid), revision, record: record(uid, plan), because: "values" }) as const;
const key = (list: PlannedChange[]) => list.map(one => one.key).join();

describe("a planned change", () => {
  it("says what happens to which node of which row", () => {
    const plan = { creations: [create("a")], updates: [update("b")], removals: [node("c")] };
    expect(changes(plan)).toMatchObject([
      { action: "Create", form: "web", row: "a", node: "a-web" },
      { action: "Update", form: "web", row: "b", node: "b-web", because: "values" },
      { action: "Delete", form: "web", row: "c", node: "c-web" },
    ]);
  });

  it.each([
    ["another value", changes({ updates: [update("a", "pro")] })],
    ["another revision", changes({ updates: [update("a", "basic", "web-2")] })],
    ["another node of that name", changes({ updates: [update("a", "basic", "web-1", "u-other")] })],
    ["a creation", changes({ creations: [create("a")] })],
    ["a removal", changes({ removals: [node("a")] })],
  ])("is another one with %s", (_, other) => {
    expect(key(other)).not.toBe(key(changes({ updates: [update("a")] })));
  });

  it("is the same whatever the node has become on the way", () => {
    const halfway = {
      ...update("a"),
      node: { ...node("a"), values: record("a").values },
      because: "revision" as const,
    };
    expect(key(changes({ updates: [halfway] }))).toBe(key(changes({ updates: [update("a")] })));
  });

  it("cannot be guessed from its key where values are sensitive", () => {
    const plan = { creations: [create("a")] };
    expect(key(changes(plan, "one"))).not.toBe(key(changes(plan)));
    expect(key(changes(plan, "one"))).not.toBe(key(changes(plan, "other")));
  });
});

describe("a plan", () => {
  const plan = changes({ creations: [create("a"), create("b")], removals: [node("c")] });
  const pendingDigest = (list: PlannedChange[], standing?: ApprovedPlan) =>
    judgePlan({ changes: list, approval: undefined, standing }).pending?.digest ?? "";

  it("waits as a whole, under a digest that does not depend on its order", () => {
    const { pending, approved } = judgePlan({ changes: plan, approval: undefined, standing: undefined });
    expect(pending).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{16}$/), changes: plan });
    expect(approved).toBeUndefined();
    expect(pendingDigest([...plan].reverse())).toBe(pending?.digest);
  });

  it.each(["", "true", "0000000000000000"])("is not let pass by %j", approval => {
    expect(judgePlan({ changes: plan, approval, standing: undefined })).toMatchObject({
      pending: { changes: plan },
      approved: undefined,
    });
  });

  it("passes with its digest, and is on record until it is done", () => {
    const digest = pendingDigest(plan);
    const first = judgePlan({ changes: plan, approval: digest, standing: undefined });
    expect(first).toEqual({ pending: undefined, approved: { digest, changes: plan.map(one => one.key) } });
    const half = judgePlan({ changes: plan.slice(1), approval: digest, standing: first.approved });
    expect(half).toEqual({ pending: undefined, approved: { digest, changes: plan.slice(1).map(one => one.key) } });
    expect(judgePlan({ changes: [], approval: digest, standing: half.approved })).toEqual({
      pending: undefined,
      approved: { digest, changes: [] },
    });
  });

  it("lets nothing pass that came after the yes", () => {
    const digest = pendingDigest(plan);
    const { approved } = judgePlan({ changes: plan, approval: digest, standing: undefined });
    const later = changes({ creations: [create("z")] });
    const verdict = judgePlan({ changes: [...plan, ...later], approval: digest, standing: approved });
    expect(verdict.pending).toEqual({ digest: pendingDigest(later, approved), changes: later });
    expect(verdict.approved).toEqual(approved);
  });

  it("lets a change pass no more that has become another one", () => {
    const digest = pendingDigest(plan);
    const { approved } = judgePlan({ changes: plan, approval: digest, standing: undefined });
    const moved = changes({ creations: [create("a", "pro"), create("b")], removals: [node("c")] });
    const verdict = judgePlan({ changes: moved, approval: digest, standing: approved });
    expect(verdict.pending?.changes.map(({ row }) => row)).toEqual(["a"]);
    expect(verdict.approved?.changes).toHaveLength(2);
  });

  it("goes on with a new node that a rollout started with other content", () => {
    const creation = changes({ creations: [create("a", "basic", "web-2")] });
    const digest = pendingDigest(creation);
    const { approved } = judgePlan({ changes: creation, approval: digest, standing: undefined });
    const move = changes({ updates: [update("a", "basic", "web-2")] });
    expect(judgePlan({ changes: move, approval: digest, standing: approved })).toEqual({
      pending: undefined,
      approved,
    });
    const elsewhere = changes({ updates: [update("a", "basic", "web-3")] });
    expect(judgePlan({ changes: elsewhere, approval: digest, standing: approved }).pending?.changes).toEqual(elsewhere);
  });

  it("takes a further plan into what is approved", () => {
    const first = judgePlan({ changes: plan, approval: pendingDigest(plan), standing: undefined });
    const later = changes({ creations: [create("z")] });
    const digest = pendingDigest(later, first.approved);
    const all = [...plan, ...later];
    expect(judgePlan({ changes: all, approval: digest, standing: first.approved })).toEqual({
      pending: undefined,
      approved: { digest, changes: all.map(one => one.key) },
    });
  });

  it("does not pass twice: what was done and is undone needs another yes", () => {
    const digest = pendingDigest(plan);
    const first = judgePlan({ changes: plan, approval: digest, standing: undefined });
    const half = judgePlan({ changes: plan.slice(1), approval: digest, standing: first.approved });
    expect(judgePlan({ changes: plan, approval: digest, standing: half.approved }).pending?.changes).toEqual([plan[0]]);
    const done = judgePlan({ changes: [], approval: digest, standing: half.approved });
    const again = judgePlan({ changes: plan, approval: digest, standing: done.approved });
    expect(again.pending?.changes).toEqual(plan);
    expect(again.pending?.digest).not.toBe(digest);
  });
});
