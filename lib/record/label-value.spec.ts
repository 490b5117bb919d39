import { describe, expect, it } from "@jest/globals";
import { labelValue } from "./label-value";

const LEGAL = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

describe("labelValue", () => {
  it.each(["", "acme", "Acme_Corp.1", "a", "x".repeat(63), "customer-1234567890"])("leaves %j as it is", text => {
    expect(labelValue(text)).toBe(text);
  });

  it.each([
    ["user@example.com", /^user-example\.com-[0-9a-f]{10}$/],
    ["-acme-", /^acme-[0-9a-f]{10}$/],
    ["acme.", /^acme-[0-9a-f]{10}$/],
    ["x".repeat(64), /^x{52}-[0-9a-f]{10}$/],
    ["公司", /^[0-9a-f]{10}$/],
    ["a b  c", /^a-b-c-[0-9a-f]{10}$/],
    [`${"x".repeat(51)}-y${"z".repeat(20)}`, /^x{51}-[0-9a-f]{10}$/],
  ])("makes a legal value of %j that still shows it", (text, expected) => {
    expect(labelValue(text)).toMatch(expected);
  });

  it("gives legal values of at most 63 characters, and different ones for texts that only look alike", () => {
    const texts = [
      "a b",
      "a/b",
      "a  b",
      "a-b",
      "a_b ",
      " a-b",
      "ä-b",
      "ö-b",
      ...Array.from({ length: 2000 }, (_, i) => `${"n".repeat(60)}-${i}`),
    ];
    const values = texts.map(labelValue);
    expect(values.filter(value => value.length > 63 || !LEGAL.test(value))).toEqual([]);
    expect(new Set(values).size).toBe(texts.length);
  });
});
