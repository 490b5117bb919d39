import { describe, expect, it } from "@jest/globals";
import { type DeletionCase, deletionDigest, judgeDeletions } from "./deletion-guard";

const limits = { minCount: 10, maxPercent: 50, disabled: false };
const nodes = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ name: `n${from + index}`, uid: `u${from + index}` }));
const uids = (count: number, from = 0) => new Set(nodes(count, from).map(({ uid }) => uid));
const judge = (changes: Partial<DeletionCase>) =>
  judgeDeletions({
    candidates: [],
    living: 100,
    limits,
    approval: undefined,
    standing: { heldTotal: undefined, approved: undefined },
    ...changes,
  });

describe("the deletion guard", () => {
  it.each([
    ["few, though all of a small table", 10, 10, false],
    ["one more than the count, and more than half", 11, 20, true],
    ["many, but not more than half", 500, 1000, false],
    ["more than half by one", 501, 1000, true],
    ["everything, as after an empty answer", 5000, 5000, true],
    ["none", 0, 100, false],
  ])("%s: %i of %i", (_, count, living, held) => {
    const verdict = judge({ candidates: nodes(count), living });
    expect(verdict.held !== undefined).toBe(held);
    expect(verdict.removable.size).toBe(held ? 0 : count);
  });

  it("names count, total, digest and examples", () => {
    const { held } = judge({ candidates: nodes(30), living: 30 });
    expect(held).toMatchObject({ count: 30, total: 30, digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(held?.examples).toHaveLength(10);
  });

  it("does not let nodes that are created during a hold make the share look small", () => {
    const standing = { heldTotal: 100, approved: undefined };
    expect(judge({ candidates: nodes(100), living: 200, standing }).held).toMatchObject({ count: 100, total: 100 });
  });

  it("counts living nodes only: what is going already is no reason to let the rest go", () => {
    expect(judge({ candidates: nodes(50), living: 50 }).held).toBeDefined();
  });

  it("lets exactly the approved set go", () => {
    const approval = deletionDigest(nodes(30));
    expect(judge({ candidates: nodes(30), living: 30, approval })).toMatchObject({
      removable: uids(30),
      held: undefined,
      approved: { digest: approval, nodes: [...uids(30)] },
    });
    expect(judge({ candidates: nodes(31), living: 31, approval }).removable.size).toBe(0);
    expect(judge({ candidates: nodes(29), living: 30, approval }).removable.size).toBe(0);
    const recreated = nodes(30).map(node => (node.name === "n3" ? { ...node, uid: "another" } : node));
    expect(judge({ candidates: recreated, living: 30, approval }).removable.size).toBe(0);
  });

  it("goes on with an approved set that was interrupted, and with nothing else", () => {
    const approved = { digest: "d", nodes: [...uids(80)] };
    const verdict = judge({
      candidates: [...nodes(50, 30), ...nodes(15, 80)],
      living: 70,
      standing: { heldTotal: undefined, approved },
    });
    expect(verdict.removable).toEqual(new Set([...uids(50, 30), ...uids(15, 80)]));
    expect(verdict.approved?.nodes).toHaveLength(50);

    const more = judge({
      candidates: [...nodes(50, 30), ...nodes(20, 80)],
      living: 30,
      standing: { heldTotal: undefined, approved },
    });
    expect(more.held).toMatchObject({ count: 20 });
    expect(more.removable).toEqual(uids(50, 30));
  });

  it("forgets an approval when nothing of its set is left", () => {
    expect(
      judge({ standing: { heldTotal: undefined, approved: { digest: "d", nodes: ["u1"] } } }).approved,
    ).toBeUndefined();
  });

  it("gives one digest whatever the order", () => {
    expect(deletionDigest([...nodes(12)].reverse())).toBe(deletionDigest(nodes(12)));
  });

  it("can be turned off", () => {
    expect(judge({ candidates: nodes(30), living: 30, limits: { ...limits, disabled: true } }).removable).toEqual(
      uids(30),
    );
  });
});
