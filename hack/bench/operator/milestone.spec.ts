import { describe, expect, it } from "@jest/globals";

import { Milestone } from "./milestone";

describe("a milestone", () => {
  it("is reached when all are as they should be at once, and stays reached", async () => {
    const milestone = new Milestone("things", 2);
    milestone.mark("a", true);
    milestone.mark("a", false);
    milestone.mark("b", true);
    expect(milestone.at).toBeUndefined();
    milestone.mark("a", true);
    expect(await milestone.reached(0)).toBe(milestone.at);
    milestone.mark("b", false);
    expect(milestone.at).toBeDefined();
    expect(milestone.times).toHaveLength(1);
  });

  it("that is not reached says how far it came", async () => {
    const milestone = new Milestone("Ready LynqNodes", 3);
    milestone.mark("a", true);
    await expect(milestone.reached(1)).rejects.toThrow("Ready LynqNodes: 1 of 3 after 0 s");
  });

  it("of nothing is reached at once", async () => {
    await expect(new Milestone("nothing", 0).reached(0)).resolves.toEqual(expect.any(Number));
  });
});
