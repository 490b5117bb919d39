import { describe, expect, it } from "@jest/globals";

import { parseArguments } from "./arguments";

describe("arguments of npm run profile", () => {
  it("have defaults", () => {
    expect(parseArguments([])).toEqual({ help: false, rows: 300, attach: undefined, seconds: 30, heap: true });
  });

  it("are read with = and without", () => {
    expect(parseArguments(["--rows=50", "--attach", "127.0.0.1:9229", "--seconds", "5", "--no-heap"])).toEqual({
      help: false,
      rows: 50,
      attach: "127.0.0.1:9229",
      seconds: 5,
      heap: false,
    });
  });

  it.each([
    [["--row", "5"], "unknown argument --row: npm run profile -- --help lists what there is"],
    [["--rows", "many"], "--rows many: a whole number is wanted, from 1"],
    [["--rows"], "--rows : a whole number is wanted, from 1"],
    [["--attach", "9229"], "--attach 9229: HOST:PORT is wanted, such as 127.0.0.1:9229"],
  ])("refuse %j", (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });
});
