import { describe, expect, it } from "@jest/globals";

import { parseArguments } from "./arguments";

const parse = (...args: string[]) => parseArguments(args, 9);

describe("the demo's arguments", () => {
  it("are none for the whole story on a private cluster that stays", () => {
    expect(parse()).toEqual({
      help: false,
      check: false,
      yes: false,
      context: undefined,
      webhookHost: undefined,
      scenes: [],
    });
  });

  it("may give a value after a space or an equals sign", () => {
    expect(parse("--context", "kind-dev", "--yes").context).toBe("kind-dev");
    expect(parse("--context=kind-dev").context).toBe("kind-dev");
    expect(parse("--scene=2,4", "--check").scenes).toEqual([2, 4]);
  });

  it.each([
    [["--chekc"], "unknown argument --chekc"],
    [["--check=yes"], "unknown argument --check=yes"],
    [["now"], "unknown argument now"],
    [["--context"], "--context needs a value"],
    [["--context", "--yes"], "--context needs a value"],
    [["--scene", "10"], "the scenes are 1 to 9"],
    [["--scene", "two"], "the scenes are 1 to 9"],
    [["--webhook-host", "10.0.0.1"], "--webhook-host goes with --context"],
  ])("%j are refused: %s", (args, words) => {
    expect(() => parse(...args)).toThrow(words);
  });
});
