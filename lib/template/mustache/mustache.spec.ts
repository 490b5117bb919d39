import { describe, expect, it } from "@jest/globals";
import Mustache from "mustache";
import {
  compileDialect,
  type GoValue,
  TemplateExecutionError,
  type TemplateOptions,
  TemplateSyntaxError,
} from "../index";

const compile = (source: string, options: TemplateOptions = {}) => compileDialect(source, "mustache", options);

function goValue(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(goValue);
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value === "string" || typeof value === "boolean") return value;
  return typeof value === "object" && value !== null ? mapOf(value) : null;
}

const mapOf = (value: object): Map<string, GoValue> =>
  new Map(Object.entries(value).map(([key, each]) => [key, goValue(each)]));

function failure(source: string, data: object = {}, options: TemplateOptions = {}): string {
  try {
    compile(source, options).render(mapOf(data));
  } catch (error) {
    if (error instanceof TemplateSyntaxError || error instanceof TemplateExecutionError) return error.message;
    throw error;
  }
  return "";
}

const data = {
  uid: "acme",
  empty: "",
  zero: 0,
  one: 1,
  half: 0.5,
  yes: true,
  no: false,
  nil: null,
  html: `<a href="x">'&'</a>`,
  list: [1, 2, 3],
  words: ["a", "b"],
  none: [],
  nested: [
    [1, 2],
    [3, 4],
  ],
  rows: [
    { name: "x", tags: ["t", "u"] },
    { name: "y", uid: "inner", tags: [] },
  ],
  deep: { a: { b: { c: "found" } }, uid: "deep" },
  japanese: "日本語",
};

describe("Mustache, as the mustache package renders it without escaping", () => {
  const names = ["uid", "empty", "zero", "one", "half", "yes", "no", "nil", "html", "list", "words", "none", "nested"];
  const shapes = ["{{N}}", "{{ N }}", "{{{N}}}", "{{& N}}", "{{#N}}T{{/N}}", "{{^N}}F{{/N}}", "{{#N}}[{{.}}]{{/N}}"];
  const standalone = [
    "a\n{{#yes}}\nb\n{{/yes}}\nc\n",
    "a\n  {{#yes}}  \nb\n  {{/yes}}\nc",
    "| {{#yes}}\t|\t{{/yes}} |\n",
    "{{! comment }}\nx\n",
    "x {{! comment\n over lines }} y",
    "{{#rows}}{{name}}:{{uid}}{{#tags}}<{{.}}>{{/tags}}{{^tags}}none{{/tags}};{{/rows}}",
    "{{#nested}}{{#.}}{{.}},{{/.}};{{/nested}}",
    "{{deep.a.b.c}}{{#deep}}{{a.b.c}}{{uid}}{{/deep}}{{#deep.a}}{{b.c}}{{/deep.a}}",
    "{{list.1}}{{rows.0.name}}",
    "{{=<% %>=}}<% uid %>{{uid}}<%={{ }}=%>{{uid}}",
    "{{#yes}}{{#one}}{{.}}{{uid}}{{/one}}{{/yes}}",
    "{{#uid}}{{.}}/{{one}}{{/uid}}",
    "\r\n{{#yes}}\r\nx\r\n{{/yes}}\r\n",
    "{{#deep}}{{#a}}{{one}}{{b.c}}{{/a}}{{/deep}}",
    "}} { {a}} {{japanese}}é",
  ];
  const templates = [
    ...names
      .flatMap(name => shapes.map(shape => shape.replaceAll("N", name)))
      .filter(each => !each.includes("#yes}}[")),
    ...standalone,
  ];

  it.each(templates)("%j", template => {
    const expected = Mustache.render(template, data, undefined, { escape: String });
    expect(compile(template, { missingKey: "default" }).render(mapOf(data))).toBe(expected);
  });

  it("knows nothing of lengths and prototypes", () => {
    for (const name of ["constructor", "__proto__", "toString", "list.length", "uid.length"])
      expect(failure(`{{${name}}}`, data)).toBe(
        `line 1, column 1: variable .${name} is not defined; give it a value, or write ` +
          `{{#${name}}}{{${name}}}{{/${name}}}{{^${name}}}...{{/${name}}}`,
      );
  });
});

describe("a missing variable", () => {
  it("is an error when printed, and left out as a section", () => {
    expect(failure("a\n  {{nope}}")).toMatch(/^line 2, column 3: variable \.nope is not defined/);
    expect(compile("{{#nope}}x{{/nope}}{{^nope}}y{{/nope}}").render(new Map())).toBe("y");
  });

  it("follows the mode", () => {
    expect(compile("[{{nope}}]", { missingKey: "zero" }).render(new Map())).toBe("[]");
    expect(failure("{{nope}}", {}, { missingKey: "error" })).toBe('line 1, column 1: map has no entry for key "nope"');
  });
});

describe("errors", () => {
  it.each([
    ["a {{#x}}b", 'line 1, column 3: unclosed section "x"'],
    ["{{/x}}", 'line 1, column 1: unopened section "x"'],
    ["{{#a}}{{#b}}{{/a}}{{/b}}", 'line 1, column 7: unclosed section "b"'],
    ["a\n{{uid", "line 2, column 6: unclosed tag"],
    ["{{}}", "line 1, column 1: a tag needs a name"],
    ["{{> partial}}", "line 1, column 1: partials are off: {{>partial}} has nothing to include"],
    ["{{<parent}}{{/parent}}", 'line 1, column 12: unopened section "parent"'],
    ["{{$block}}", "line 1, column 1: unknown tag {{$}}: blocks and variables are no part of the dialect"],
    ["{{%PRAGMA}}", "line 1, column 1: unknown tag {{%}}: pragmas are no part of the dialect"],
    [
      "{{?x}}",
      "line 1, column 1: unknown tag {{?}}: there is no such tag; a section {{#name}} is left out where the value is empty",
    ],
    ["{{a b}}", 'line 1, column 1: "a b" is no name of a variable'],
    ["{{a..b}}", 'line 1, column 1: "a..b" is no name of a variable'],
    ["{{=x=}}", "line 1, column 1: invalid tags: x"],
  ])("%s", (template, message) => {
    expect(failure(template)).toBe(message);
  });

  it.each([
    "{{ .uid }}",
    "{{ uid | upper }}",
    "{{- uid -}}",
    "{{ if uid }}",
    '{{ default "a" uid }}',
    "{{ upper uid }}",
  ])("say that %s looks like a Go template", template => {
    expect(failure(template)).toMatch(/this looks like a Go template, but the template is Mustache$/);
  });

  it("refuse to print a map", () => {
    expect(failure("{{#yes}}{{.}}{{/yes}}", data)).toMatch(/a map cannot be printed/);
    expect(failure("{{deep}}", data)).toBe("line 1, column 1: a map cannot be printed; name one of its fields");
  });
});

describe("bounds", () => {
  it("hold for output, steps and nesting", () => {
    const long = { long: "x".repeat(1 << 19), list: Array.from({ length: 1_100 }, () => 1) };
    expect(failure("{{#list}}{{long}}{{/list}}", long)).toMatch(/longer than 1048576 characters/);
    expect(failure(`{{#list}}${"y".repeat(1_000)}{{/list}}`, long)).toMatch(/longer than 1048576 characters/);
    expect(failure("{{#list}}{{#list}}{{#list}}{{^list}}{{/list}}{{/list}}{{/list}}{{/list}}", long)).toMatch(
      /more than 1000000 steps/,
    );
    const deep = (depth: number) => "{{#one}}".repeat(depth) + "{{/one}}".repeat(depth);
    expect(failure(deep(401), data)).toMatch(/maximum nesting depth exceeded/);
    expect(failure(deep(400), data)).toBe("");
    expect(failure("{{uid}}{{uid}}", data, { limits: { outputCharacters: 7 } })).toMatch(/longer than 7 characters/);
  });

  it("hold for templates that would take long to parse", () => {
    expect(failure("{{a}}".repeat(10_000))).toMatch(/^line 1, column 1: 10000 tags in 50000 characters are too many/);
    expect(failure(`{{a${" ".repeat(100_000)}`)).toMatch(/at most 255 spaces in a row/);
    expect(failure("{{! c }}".repeat(1_000))).toBe("");
  });

  it("leave values alone: a value is no template", () => {
    expect(compile("{{v}}").render(new Map([["v", "{{uid}}{{#a}}"]]))).toBe("{{uid}}{{#a}}");
  });
});

describe("what is known without rendering", () => {
  it("is what it reads, and whether that is guarded", () => {
    expect(compile("{{a}}\n{{#b}}{{b}}{{c.d}}{{/b}}{{^e}}{{e}}{{/e}}").analysis).toEqual({
      variables: [
        { name: "a", guarded: false, line: 1, column: 1 },
        { name: "b", guarded: true, line: 2, column: 1 },
        { name: "b", guarded: true, line: 2, column: 7 },
        { name: "c", guarded: false, line: 2, column: 12 },
        { name: "e", guarded: true, line: 2, column: 25 },
        { name: "e", guarded: false, line: 2, column: 31 },
      ],
      readsWholeData: false,
      functions: [],
      nonDeterministic: false,
    });
    expect(compile("{{.}}").analysis.readsWholeData).toBe(true);
    expect(compile("{{#a}}{{.}}{{/a}}").analysis.readsWholeData).toBe(false);
  });

  it("is whether there is anything to render", () => {
    expect(compile("plain } text").isLiteral).toBe(true);
    expect(compile("plain } text").render(new Map())).toBe("plain } text");
    expect(compile("{{a}}").isLiteral).toBe(false);
  });
});

describe("evaluate", () => {
  it("keeps the type of a template that is one variable", () => {
    expect(compile("{{n}}").evaluate(new Map([["n", 9_007_199_254_740_993n]]))).toBe(9_007_199_254_740_993n);
    expect(compile("{{n}}!").evaluate(new Map([["n", 5n]]))).toBe("5!");
    expect(() => compile("{{n}}").evaluate(new Map())).toThrow("variable .n is not defined");
  });
});
