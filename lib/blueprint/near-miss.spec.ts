import { describe, expect, it } from "@jest/globals";
import { didYouMean } from "./near-miss";

describe("didYouMean", () => {
  it("ends a sentence, or adds nothing", () => {
    expect(didYouMean("ap", ["app", "db"])).toBe("; did you mean app?");
    expect(didYouMean("ap", ["database"])).toBe("");
  });
});
