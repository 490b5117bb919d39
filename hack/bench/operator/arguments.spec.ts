import { describe, expect, it } from "@jest/globals";

import { parseArguments } from "./arguments";
import { phaseNames } from "./phases/names";

const parse = (...args: string[]) => parseArguments(args);

describe("the bench's arguments", () => {
  it("are three sizes, every phase, and our operator", () => {
    expect(parse()).toMatchObject({
      rows: [100, 1000, 5000],
      phases: phaseNames,
      samples: 20,
      idleSeconds: 120,
      churnSeconds: 600,
      outageSeconds: 60,
      floor: "alternate",
      command: undefined,
    });
  });

  it("may ask for a short run, and still choose a figure", () => {
    expect(parse("--quick", "--samples=7")).toMatchObject({ rows: [100], samples: 7, idleSeconds: 20 });
  });

  it("begin with a fill, and keep the order of the phases", () => {
    expect(parse("--phases", "one-row,idle").phases).toEqual(["fill", "idle", "one-row"]);
  });

  it.each([
    [["--rows", "ten"], "--rows ten: a whole number from 1 is needed"],
    [["--rows=100,0"], "--rows 0: a whole number from 1 is needed"],
    [["--phases", "fil"], `--phases fil: the phases are ${phaseNames.join(", ")}`],
    [["--floor", "never"], "--floor never: it is one of alternate, before, after, none"],
    [["--operator-crds", "crds"], "--operator-crds goes with --operator"],
    [["--with-ours"], "--with-ours goes with --operator"],
    [["--row", "10"], "Unknown option '--row': npm run bench -- --help lists what there is"],
  ])("that are wrong are told in one line: %j", (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
