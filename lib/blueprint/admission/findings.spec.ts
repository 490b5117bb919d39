import { describe, expect, it } from "@jest/globals";
import { formatProblems } from "./index";

const problems = [1, 2, 3].map(number => ({ path: `spec.a[${number}]`, message: `problem ${number}` }));

describe("formatProblems", () => {
  it("puts each problem on a line", () => {
    expect(formatProblems(problems)).toBe("spec.a[1]: problem 1\nspec.a[2]: problem 2\nspec.a[3]: problem 3");
  });

  it("counts those beyond the limit", () => {
    expect(formatProblems(problems, 1)).toBe("spec.a[1]: problem 1\n… and 2 more");
  });

  it("cuts a message that goes on and on", () => {
    expect(formatProblems([{ path: "spec", message: "a → ".repeat(10_000) }])).toHaveLength(2007);
  });

  it("is empty for no problem", () => {
    expect(formatProblems([])).toBe("");
  });
});
