import { describe, expect, it } from "@jest/globals";

import { type CpuProfile, selfTimes } from "./cpu-profile";

const node = (id: number, functionName: string) => ({
  id,
  callFrame: { functionName, url: "", lineNumber: 0, columnNumber: 0 },
});

describe("selfTimes", () => {
  it("adds up the time until the next sample by function, without the time in which nothing ran", () => {
    const profile: CpuProfile = {
      nodes: [node(1, "(root)"), node(2, "(idle)"), node(3, "parse"), node(4, "hash"), node(5, "parse")],
      samples: [2, 3, 4, 5, 2],
      timeDeltas: [0, 9_000, 1_000, 2_000, 3_000],
    };
    expect(selfTimes(profile, name => name)).toEqual([
      { place: "parse", milliseconds: 4, share: 4 / 6 },
      { place: "hash", milliseconds: 2, share: 2 / 6 },
    ]);
  });

  it("says nothing of a process that did nothing", () => {
    expect(selfTimes({ nodes: [node(1, "(idle)")], samples: [1], timeDeltas: [5] }, name => name)).toEqual([]);
  });
});
