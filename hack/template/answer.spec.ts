import { describe, expect, it } from "@jest/globals";

import { Answerer } from "./answer";

const answer = (line: object | string) => new Answerer().answer(typeof line === "string" ? line : JSON.stringify(line));

describe("npm run template -- --ndjson", () => {
  it("answers with the output, or with the error and its place", () => {
    expect(answer({ template: "{{ .uid }}-app", data: { uid: "acme" } })).toEqual({ output: "acme-app" });
    expect(answer({ template: "a\n{{ .uid | uper }}", data: {} })).toEqual({
      error: 'unknown function "uper" (did you mean "upper"?)',
      line: 2,
      column: 11,
    });
    expect(answer({ template: "{{ div 1 0 }}" })).toMatchObject({ line: 1, column: 4 });
  });

  it("keeps the digits of integers, and tells floats from them", () => {
    const line =
      '{"template":"{{ .a }} {{ .b }} {{ .c }} {{ kindOf .d }} {{ .e }}","data":{"a":9007199254740993,"b":-9223372036854775808,"c":1e3,"d":3.0,"e":{"x":[1,"2",3]}}}';
    expect(answer(line)).toEqual({ output: "9007199254740993 -9223372036854775808 1000 float64 map[x:[1 2 3]]" });
    expect(answer('{"template":"{{ kindOf .a }}","data":{"a":9223372036854775808}}')).toEqual({ output: "float64" });
  });

  it("follows missingkey and dialect", () => {
    expect(answer({ template: "{{ .x }}" })).toMatchObject({ error: expect.stringMatching(/^variable \.x is not/) });
    expect(answer({ template: "{{ .x }}", missingkey: "default" })).toEqual({ output: "<no value>" });
    expect(answer({ template: "{{ .x }}", missingkey: "error" })).toMatchObject({
      error: expect.stringMatching(/no entry/),
    });
    expect(answer({ template: "{{x}}", data: { x: "<" }, dialect: "mustache" })).toEqual({ output: "<" });
  });

  it("takes any key and text of data as data", () => {
    expect(
      answer('{"template":"{{ index . \\"__proto__\\" }}{{ .b }}","data":{"__proto__":"p","b":"\\u2028\\ud800"}}'),
    ).toEqual({
      output: "p\u2028\ufffd",
    });
  });

  it.each([
    ["", "the line is no JSON"],
    ["{", "the line is no JSON"],
    ["[]", 'the line needs "template", a text'],
    ['{"template":1}', 'the line needs "template", a text'],
    ['{"template":"","data":[]}', 'the line has "data" that is no object'],
    [
      '{"template":"","missingkey":"no"}',
      'the line has a "missingkey" that is none of strict, error, zero, invalid, default',
    ],
    ['{"template":"","dialect":"no"}', 'the line has a "dialect" that is none of gotemplate, mustache'],
  ])("refuses %j", (line, error) => {
    expect(answer(line)).toEqual({ error, line: 0, column: 0 });
  });
});
