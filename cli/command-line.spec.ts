import { describe, expect, it } from "@jest/globals";
import { parseAssignments, parseOptions } from "./command-line";

const rules = {
  filename: { short: "f", value: "FILE", multiple: true },
  form: { value: "NAME" },
  "show-sensitive": {},
};

describe("parseOptions", () => {
  it("reads every spelling, - included", () => {
    const { values, flags } = parseOptions(
      ["-f", "a", "-fb", "--filename", "-", "--filename=c=d", "--form=x", "--show-sensitive"],
      rules,
    );
    expect([...values]).toEqual([
      ["filename", ["a", "b", "-", "c=d"]],
      ["form", ["x"]],
    ]);
    expect([...flags]).toEqual(["show-sensitive"]);
  });

  it.each([
    [["--flename", "x"], "unknown option --flename; did you mean --filename?"],
    [["--toString"], "unknown option --toString"],
    [["-x"], "unknown option -x"],
    [["--form"], "--form needs a value: --form NAME"],
    [["-f"], "-f needs a value: -f FILE"],
    [["--form", "a", "--form", "b"], "--form is given twice"],
    [["--show-sensitive=yes"], "--show-sensitive takes no value"],
    [["form.yaml"], 'unexpected argument "form.yaml"; options say what it is, such as -f FILE'],
  ])("refuses %j in one line", (args, message) => {
    expect(() => parseOptions(args, rules)).toThrow(message);
  });
});

describe("arguments without an option", () => {
  const positional = { name: "hub/NAME", least: 1, most: 2 };

  it("are kept in order, wherever the options stand", () => {
    const { positionals, values } = parseOptions(["hub/a", "--form", "x", "hub/b"], rules, positional);
    expect(positionals).toEqual(["hub/a", "hub/b"]);
    expect([...values]).toEqual([["form", ["x"]]]);
  });

  it.each([
    [[], "what? give hub/NAME"],
    [["hub/a", "hub/b", "hub/c"], 'unexpected argument "hub/c"'],
  ])("%j are refused when there are too few or too many", (args, message) => {
    expect(() => parseOptions(args, rules, positional)).toThrow(message);
  });
});

describe("parseAssignments", () => {
  it("splits at the first =", () => {
    expect([...parseAssignments(["uid=acme", "url=a=b", "empty="])]).toEqual([
      ["uid", "acme"],
      ["url", "a=b"],
      ["empty", ""],
    ]);
  });

  it.each(["uid", "=acme", ""])("refuses %j", text => {
    expect(() => parseAssignments([text])).toThrow("write --set NAME=VALUE");
  });
});
