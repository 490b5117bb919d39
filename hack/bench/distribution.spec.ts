import { describe, expect, it } from "@jest/globals";

import { distribution } from "./distribution";

describe("a distribution", () => {
  it("tells values that occurred, by nearest rank", () => {
    const values = Array.from({ length: 20 }, (_, index) => 20 - index);
    expect(distribution(values)).toEqual({ count: 20, min: 1, p50: 10, p95: 19, max: 20 });
  });

  it("of one value is that value", () => {
    expect(distribution([7])).toEqual({ count: 1, min: 7, p50: 7, p95: 7, max: 7 });
  });

  it("of nothing has no value", () => {
    expect(distribution([])).toEqual({ count: 0, min: NaN, p50: NaN, p95: NaN, max: NaN });
  });
});
