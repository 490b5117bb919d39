import { describe, expect, it } from "@jest/globals";
import { shardOf } from "./shard";

describe("the shard of a key", () => {
  it.each([
    ["shop/acme-web", 3, 2],
    ["shop/acme-web", 5, 4],
    ["shop/bolt-web", 3, 1],
    ["apps/customers", 3, 2],
    ["", 3, 2],
    ["shop/ümlaut-web", 7, 2],
  ])("of %j among %d is %d in every release", (key, count, shard) => {
    expect(shardOf(key, count)).toBe(shard);
  });

  it.each([2, 3, 5, 8])("spreads names that differ in little evenly over %d", count => {
    const sizes = Array.from({ length: count }, () => 0);
    for (let row = 0; row < 10_000; row++) {
      const shard = shardOf(`shop/row-${row}-web`, count);
      sizes[shard] = (sizes[shard] ?? 0) + 1;
    }
    for (const size of sizes) expect(Math.abs(size - 10_000 / count)).toBeLessThan(500);
  });

  it("is the only one where there is one", () => {
    expect(shardOf("shop/acme-web", 1)).toBe(0);
  });
});
