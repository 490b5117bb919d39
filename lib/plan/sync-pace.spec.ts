import { describe, expect, it } from "@jest/globals";
import { nextPace, ON_TIME } from "./sync-pace";

/** Whether looks of so many milliseconds overrun an interval of a second, one after the other. */
function overruns(...took: number[]): boolean[] {
  let pace = ON_TIME;
  return took.map(ms => {
    pace = nextPace(pace, ms, 1000);
    return pace.overruns;
  });
}

describe("looks that take longer than the interval", () => {
  it("are told when three have been missed, one by one or at once", () => {
    expect(overruns(1000, 1900, 1100)).toEqual([false, false, true]);
    expect(overruns(3000)).toEqual([true]);
    expect(overruns(2000, 1000)).toEqual([false, true]);
  });

  it("are no news while they are on time now and then", () => {
    expect(overruns(1900, 500, 1900, 400, 2900, 100, 1900)).toEqual([false, false, false, false, false, false, false]);
  });

  it("stay told until a look takes half of the interval", () => {
    expect(overruns(5000, 900, 600, 1100, 500, 900)).toEqual([true, true, true, true, false, false]);
  });
});
