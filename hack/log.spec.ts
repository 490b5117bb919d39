import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";

import { firstLine, step } from "./log";

describe("step", () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it("says one line when the work was quick", async () => {
    const lines: string[] = [];
    await step(
      line => lines.push(line),
      "work",
      () => Promise.resolve(),
    );
    expect(lines).toEqual(["✓ work (0.0 s)"]);
  });

  it("speaks after a second, with the last detail, and then less and less often", async () => {
    const lines: string[] = [];
    const done = step(
      line => lines.push(line),
      "work",
      async say => {
        say("refused");
        await new Promise(resolve => setTimeout(resolve, 10_000));
        return 7;
      },
    );
    await jest.advanceTimersByTimeAsync(10_000);
    expect(await done).toBe(7);
    expect(lines).toEqual([
      ...["1.0", "2.0", "4.0", "8.0"].map(time => `… work (${time} s): refused`),
      "✓ work (10.0 s)",
    ]);
  });

  it("falls silent when the work fails", async () => {
    const lines: string[] = [];
    const failing = step(
      line => lines.push(line),
      "work",
      () => Promise.reject(new Error("no")),
    );
    await expect(failing).rejects.toThrow("no");
    await jest.advanceTimersByTimeAsync(60_000);
    expect(lines).toEqual([]);
  });
});

describe("firstLine", () => {
  it.each([
    [new Error("one\ntwo"), "one"],
    ["text", "text"],
  ])("of %p", (thrown, expected) => {
    expect(firstLine(thrown)).toBe(expected);
  });
});
