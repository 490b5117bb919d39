import { describe, expect, it } from "@jest/globals";
import { RetryHistory } from "./retry-history";

const history = () => new RetryHistory({ firstMs: 10, longestMs: 50 });

describe("what the API server refuses", () => {
  it("is tried again ever less often, up to a bound", () => {
    const retries = history();
    const waits = [0, 1, 2, 3, 4].map(() => {
      retries.failed("a", "no", 1000);
      return retries.waitLeft("a", 1000);
    });
    expect(waits).toEqual([10, 20, 40, 50, 50]);
    expect(retries.waitLeft("a", 1049)).toBe(1);
    expect(retries.waitLeft("a", 1051)).toBe(0);
    expect(retries.waitLeft("b", 1000)).toBe(0);
  });

  it("is news once, and again in other words or after a success", () => {
    const retries = history();
    const news = (message: string) => retries.failed("a", message, 0);
    expect([news("no"), news("no"), news("never"), news("never")]).toEqual([true, false, true, false]);
    expect(retries.message("a")).toBe("never");
    retries.succeeded("a");
    expect([retries.message("a"), retries.waitLeft("a", 0), news("never")]).toEqual([undefined, 0, true]);
  });

  it("is tried at once with other content, and when everything is cleared", () => {
    const retries = history();
    retries.failed("a", "no", 0, "old");
    expect([retries.waitLeft("a", 0, "old"), retries.waitLeft("a", 0, "new")]).toEqual([10, 0]);
    retries.clear();
    expect(retries.waitLeft("a", 0, "old")).toBe(0);
  });
});
