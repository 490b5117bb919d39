import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileTemplate, type GoValue } from "./index";
import { goValue } from "./testdata/go-value";

function recorded<T>(file: string): T[] {
  return JSON.parse(readFileSync(join(__dirname, "testdata", "yaml", file), "utf8")) as T[];
}

function evaluate(template: string, v: GoValue = null): GoValue {
  return compileTemplate(template).evaluate(new Map([["v", v]]));
}

describe("int", () => {
  it.each<[GoValue, bigint]>([
    [5n, 5n],
    [-7n, -7n],
    [2.9, 2n],
    [-2.9, -2n],
    ["42", 42n],
    ["-42", -42n],
    ["+7", 7n],
    ["007", 7n],
    ["3.9", 3n],
    ["1e3", 1000n],
    ["9223372036854775807", 9223372036854775807n],
    ["", 0n],
    ["abc", 0n],
    [" 3", 0n],
    ["0x10", 0n],
    ["1_000", 0n],
    [true, 1n],
    [false, 0n],
    [null, 0n],
    [["1"], 0n],
  ])("of %p is %p", (value, expected) => {
    expect(evaluate("{{ int .v }}", value)).toBe(expected);
  });

  it("is a number to other functions", () => {
    expect(evaluate('{{ add (int "41") 1 }}')).toBe(42n);
    expect(evaluate('{{ gt (int "7") 5 }}')).toBe(true);
    expect(evaluate('{{ until (int "3") }}')).toEqual([0n, 1n, 2n]);
    expect(evaluate('port-{{ "8080" | int }}')).toBe("port-8080");
  });
});

describe("float", () => {
  it.each<[GoValue, number]>([
    [5n, 5],
    [1.5, 1.5],
    ["1.5", 1.5],
    ["3", 3],
    ["-1e-3", -0.001],
    ["abc", 0],
    ["", 0],
    [true, 1],
    [null, 0],
  ])("of %p is %p", (value, expected) => {
    expect(evaluate("{{ float .v }}", value)).toBe(expected);
  });
});

describe("bool", () => {
  it.each<[GoValue, boolean]>([
    [true, true],
    ["true", true],
    ["TRUE", true],
    ["1", true],
    ["yes", true],
    ["On", true],
    ["t", true],
    ["Y", true],
    ["false", false],
    ["2", false],
    ["", false],
    ["enabled", false],
    [1n, true],
    [-1n, true],
    [0n, false],
    [0.5, true],
    [0, false],
    [null, false],
    [["true"], false],
  ])("of %p is %p", (value, expected) => {
    expect(evaluate("{{ bool .v }}", value)).toBe(expected);
  });
});

describe("trunc63", () => {
  it.each([
    ["short", "short"],
    ["a".repeat(63), "a".repeat(63)],
    ["a".repeat(64), "a".repeat(63)],
    [`${"a".repeat(62)}-b`, `${"a".repeat(62)}-`],
    [`${"a".repeat(62)}é`, `${"a".repeat(62)}\ufffd`],
  ])("cuts %s after 63 bytes", (text, expected) => {
    expect(evaluate("{{ trunc63 .v }}", text)).toBe(expected);
  });
});

describe("sha1sum", () => {
  it("is hexadecimal SHA-1 of the UTF-8 bytes", () => {
    expect(evaluate("{{ sha1sum .v }}", "acme")).toBe("293abb6b76d7791c0732cc517d38c4b5c734b87f");
    expect(evaluate("{{ sha1sum .v }}", "é")).toBe("bf15be717ac1b080b4f1c456692825891ff5073d");
  });
});

describe("fromJson", () => {
  it.each<[string, GoValue]>([
    [
      '{"a": 1, "b": [true, null]}',
      new Map<string, GoValue>([
        ["a", 1],
        ["b", [true, null]],
      ]),
    ],
    ["[1]", [1]],
    ['"text"', "text"],
    ["{", new Map()],
    ["", new Map()],
    ['{"__proto__": {"x": 1}}', new Map([["__proto__", new Map([["x", 1]])]])],
  ])("of %s", (text, expected) => {
    expect(evaluate("{{ fromJson .v }}", text)).toEqual(expected);
  });

  it("yields values that a template can walk along", () => {
    expect(evaluate("{{ (fromJson .v).a.b }}", '{"a": {"b": "c"}}')).toBe("c");
  });
});

describe("toHost", () => {
  it("is the host of a URL", () => {
    expect(evaluate("{{ .v | toHost }}", "https://a.example:8080/p")).toBe("a.example");
  });

  it.each(["toHost", "trunc63", "sha1sum", "fromJson", "fromYaml"])("%s takes text only", name => {
    expect(() => evaluate(`{{ ${name} .v }}`, 1n)).toThrow("wrong type for value; expected string; got int");
  });
});

describe("toYaml writes as Helm does", () => {
  it.each(recorded<{ value: unknown; yaml: string }>("write.json"))("$value", ({ value, yaml }) => {
    expect(evaluate("{{ toYaml .v }}", goValue(value))).toBe(yaml);
  });

  it.each<[GoValue, string]>([
    [Infinity, ""],
    [[NaN], ""],
    [new Map([["a", -Infinity]]), ""],
    ["a\u007fb", ""],
    [[new Map()], "- {}"],
  ])("%p", (value, yaml) => {
    expect(evaluate("{{ toYaml .v }}", value)).toBe(yaml);
  });
});

describe("fromYaml reads as Helm does", () => {
  it.each(recorded<{ yaml: string; json?: string; error?: true }>("read.json"))("$yaml", ({ yaml, json, error }) => {
    const value = evaluate("{{ fromYaml .v }}", yaml);
    if (error === true) expect(value).toEqual(new Map([["Error", expect.any(String)]]));
    else expect(evaluate("{{ fromYaml .v | toJson }}", yaml)).toBe(json);
  });

  it("does not expand aliases without end", () => {
    const lines = Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`);
    const bomb = ["a0: &a0 x", ...lines].join("\n");
    expect(evaluate("{{ fromYaml .v }}", bomb)).toEqual(new Map([["Error", expect.stringMatching(/too many parts/)]]));
  });
});
