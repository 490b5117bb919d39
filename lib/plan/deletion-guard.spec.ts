import { describe, expect, it } from "@jest/globals";
import { deletionDigest, holdDeletions } from "./deletion-guard";

const limits = { minCount: 10, maxPercent: 50, disabled: false };
const nodes = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `n${index}`, uid: `u${index}` }));

describe("the deletion guard", () => {
  it.each([
    ["few, though all of a small table", 10, 10, false],
    ["one more than the count, and more than half", 11, 20, true],
    ["many, but not more than half", 500, 1000, false],
    ["more than half by one", 501, 1000, true],
    ["everything, as after an empty answer", 5000, 5000, true],
    ["none", 0, 100, false],
  ])("%s: %i of %i", (_, count, total, held) => {
    expect(holdDeletions(nodes(count), total, limits, undefined) !== undefined).toBe(held);
  });

  it("names count, total, digest and examples", () => {
    const held = holdDeletions(nodes(30), 30, limits, undefined);
    expect(held).toMatchObject({ count: 30, total: 30, digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(held?.examples).toHaveLength(10);
  });

  it("lets exactly the approved set go", () => {
    const approval = deletionDigest(nodes(30));
    expect(holdDeletions(nodes(30), 30, limits, approval)).toBeUndefined();
    expect(holdDeletions(nodes(31), 31, limits, approval)).toBeDefined();
    expect(holdDeletions(nodes(29), 30, limits, approval)).toBeDefined();
    const recreated = nodes(30).map(node => (node.name === "n3" ? { ...node, uid: "another" } : node));
    expect(holdDeletions(recreated, 30, limits, approval)).toBeDefined();
  });

  it("gives one digest whatever the order", () => {
    expect(deletionDigest([...nodes(12)].reverse())).toBe(deletionDigest(nodes(12)));
  });

  it("can be turned off", () => {
    expect(holdDeletions(nodes(30), 30, { ...limits, disabled: true }, undefined)).toBeUndefined();
  });
});
