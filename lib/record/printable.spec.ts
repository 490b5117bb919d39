import { describe, expect, it } from "@jest/globals";
import { printable, quotedPrintable } from "./printable";

describe("printable", () => {
  it.each([
    ["acme 公司 😀", "acme 公司 😀"],
    ["a\nb\u0000", "a\\u{a}b\\u{0}"],
    ["right\u202eleft\u200b", "right\\u{202e}left\\u{200b}"],
    ["a\u2028b", "a\\u{2028}b"],
    ["\ud800", "\\u{d800}"],
    ["x".repeat(20), "x".repeat(20)],
    ["x".repeat(21), `${"x".repeat(20)}…`],
    [`${"x".repeat(19)}😀`, `${"x".repeat(19)}…`],
  ])("shows %j as %j", (text, shown) => {
    expect(printable(text, 20)).toBe(shown);
  });

  it("can show where a text ends", () => {
    expect(quotedPrintable(" a ", 20)).toBe('" a "');
  });
});
