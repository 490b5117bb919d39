import { describe, expect, it } from "@jest/globals";
import { SparseMap } from "./sparse-map";

describe("SparseMap", () => {
  it("keeps what was set, until it is deleted or cleared", () => {
    const map = new SparseMap<number>();
    map.delete("a");
    map.clear();
    expect(map.get("a")).toBeUndefined();
    map.set("a", 1);
    map.set("b", 2);
    map.set("a", 3);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([3, 2, undefined]);
    map.delete("a");
    expect([map.get("a"), map.get("b")]).toEqual([undefined, 2]);
    map.delete("b");
    map.set("b", 4);
    expect(map.get("b")).toBe(4);
    map.clear();
    expect(map.get("b")).toBeUndefined();
  });
});
