import { randomBytes } from "node:crypto";

import { describe, expect, it } from "@jest/globals";

import { assertFits, describeSize, measure, secretLimit } from "./module-size";

describe("module size", () => {
  it("counts what the Secret holds: compressed, and four characters for three bytes", () => {
    const { plain, packed } = measure(randomBytes(300_000));
    expect(plain).toBe(300_000);
    // Random bytes cannot be compressed; gzip adds a few of its own.
    expect(packed).toBeGreaterThanOrEqual(400_000);
    expect(packed).toBeLessThan(401_000);
  });

  it("is told in bytes and as a part of the limit", () => {
    expect(describeSize({ plain: 2_000_000, packed: secretLimit / 2, share: 0.5 })).toBe(
      "module of 2,000,000 B: 524,288 B (50.0 %) of the 1,048,576 B that a Secret holds",
    );
  });

  it.each([
    [0.8, false],
    [0.801, true],
  ])("at %d of the limit, refused: %s", (share, refused) => {
    const check = () => {
      assertFits({ plain: 1, packed: share * secretLimit, share });
    };
    if (refused) expect(check).toThrow("more than 80 %");
    else expect(check).not.toThrow();
  });
});
