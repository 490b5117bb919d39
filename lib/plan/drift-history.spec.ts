import { describe, expect, it } from "@jest/globals";
import { DriftHistory } from "./drift-history";

const MINUTE = 60_000;

/** Corrections until one is too many; returns the time of the last. */
function fight(history: DriftHistory, from: number): number {
  let now = from;
  while (!history.corrected(now)) now += 1_000;
  return now;
}

describe("the history of an object's drift", () => {
  it("takes a few corrections in a minute for a person's work", () => {
    const history = new DriftHistory();
    expect([0, 1_000, 2_000, 3_000].map(now => history.corrected(now))).toEqual([false, false, false, false]);
    expect(history.pauseLeft(3_000)).toBe(0);
  });

  it("forgets corrections that are older than a minute", () => {
    const history = new DriftHistory();
    const times = Array.from({ length: 20 }, (_, index) => index * 20 * 1_000);
    expect(times.some(now => history.corrected(now))).toBe(false);
  });

  it("pauses after the fifth within a minute, for a minute", () => {
    const history = new DriftHistory();
    const now = fight(history, 0);
    expect(now).toBe(4_000);
    expect(history.pauseLeft(now)).toBe(MINUTE);
    expect(history.pauseLeft(now + MINUTE - 1)).toBe(1);
    expect(history.pauseLeft(now + MINUTE)).toBe(0);
  });

  it("pauses longer each time, up to an hour", () => {
    const history = new DriftHistory();
    let now = 0;
    const pauses = Array.from({ length: 8 }, () => {
      now = fight(history, now);
      const pause = history.pauseLeft(now);
      now += pause;
      return pause / MINUTE;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it("asks anew who the other side is in each pause", () => {
    const history = new DriftHistory();
    const now = fight(history, 0);
    history.opponent = { message: "first" };
    fight(history, now + MINUTE);
    expect(history.opponent).toBeUndefined();
  });
});
