import { describe, expect, it } from "@jest/globals";
import {
  compileTemplate,
  FunctionError,
  type GoValue,
  TemplateExecutionError,
  type TemplateFunction,
  type TemplateOptions,
  TemplateSyntaxError,
} from "./index";

const data: ReadonlyMap<string, GoValue> = new Map<string, GoValue>([
  ["uid", "acme"],
  ["planId", ""],
  ["replicas", "3"],
  ["secret", "s3cr3t-value"],
  ["ids", [1n, 2n]],
  ["nothing", null],
  ["labels", new Map<string, GoValue>([["tier", "gold"]])],
]);

function render(template: string, options?: TemplateOptions): string {
  return compileTemplate(template, options).render(data);
}

function executionError(template: string, options?: TemplateOptions): TemplateExecutionError {
  try {
    render(template, options);
  } catch (error) {
    if (error instanceof TemplateExecutionError) return error;
    throw error;
  }
  throw new Error(`${template} renders`);
}

function syntaxError(template: string): TemplateSyntaxError {
  try {
    compileTemplate(template);
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error;
    throw error;
  }
  throw new Error(`${template} compiles`);
}

describe("the articles' templates", () => {
  it.each([
    ["{{ .uid }}-app", "acme-app"],
    ['{{ .planId | default "basic" }}', "basic"],
    ['{{ .deployImage | default "nginx:latest" }}', "nginx:latest"],
    ["{{ .uid | trunc63 }}", "acme"],
    ["{{ .uid }}", "acme"],
  ])("%s", (template, output) => {
    expect(render(template)).toBe(output);
  });
});

describe("a missing variable", () => {
  it.each([
    ['{{ .nope | default "x" }}', "x"],
    ['{{ default "x" .nope }}', "x"],
    ['{{ .labels.nope | default "x" }}', "x"],
    ['{{ .nope.deeper.still | default "x" }}', "x"],
    ['{{ $v := .nope }}{{ $v | default "x" }}', "x"],
    ['{{ coalesce .nope .planId "x" }}', "x"],
    ["{{ empty .nope }}", "true"],
    ["{{ if .nope }}a{{ else }}b{{ end }}", "b"],
    ["{{ with .nope }}a{{ else }}b{{ end }}", "b"],
    ["{{ if not .nope }}b{{ end }}", "b"],
    ['{{ or .nope "x" }}', "x"],
    ["{{ if and .uid .nope }}a{{ else }}b{{ end }}", "b"],
    ['{{ index . "nope" | default "x" }}', "x"],
    ['{{ if hasKey . "nope" }}a{{ else }}b{{ end }}', "b"],
    ['{{ if eq (index . "nope") "x" }}a{{ else }}b{{ end }}', "b"],
    ['{{ define "t" }}{{ .nope | default "x" }}{{ end }}{{ template "t" . }}', "x"],
  ])("is nil to what asks for it: %s", (template, output) => {
    expect(render(template)).toBe(output);
  });

  it.each([
    ["{{ .nope }}", ".nope"],
    ["{{ .labels.nope }}", ".labels.nope"],
    ["{{ $.nope }}", "$.nope"],
    ["{{ .nope | upper }}", ".nope"],
    ['{{ printf "%v" .nope }}', ".nope"],
    ["{{ print .nope }}", ".nope"],
    ['{{ eq .nope "x" }}', ".nope"],
    ["{{ $v := .nope }}{{ $v }}", ".nope"],
    ["{{ range .nope }}{{ end }}", ".nope"],
    ["{{ or .planId .nope }}", ".nope"],
    ["{{ default .nope .planId }}", ".nope"],
    ["{{ list .nope }}", ".nope"],
    ["{{ ternary .nope 1 true }}", ".nope"],
  ])("is an error that names it where it is used: %s", (template, variable) => {
    const error = executionError(template);
    expect(error.variable).toBe(variable);
    expect(error.reason).toContain(`variable ${variable} is not defined`);
  });

  it("is an error for a whole value too", () => {
    expect(() => compileTemplate("{{ .nope }}").evaluate(data)).toThrow(
      "line 1, column 4: variable .nope is not defined",
    );
  });

  it("prints as Go prints it where Go's modes are chosen", () => {
    expect(render("{{ .nope }}", { missingKey: "default" })).toBe("<no value>");
    expect(render("{{ .nope }}", { missingKey: "zero" })).toBe("<no value>");
    expect(executionError('{{ .nope | default "x" }}', { missingKey: "error" }).reason).toBe(
      'map has no entry for key "nope"',
    );
  });
});

describe("evaluate", () => {
  it.each<[string, GoValue]>([
    ["{{ .replicas | int }}", 3n],
    ["{{ int .replicas }}", 3n],
    ["{{ 1.5 }}", 1.5],
    ["{{ eq 1 1 }}", true],
    ["{{- .ids -}}", [1n, 2n]],
    ["{{/* how many */}}{{ .replicas | int }}", 3n],
    ["{{ .nothing }}", null],
    ["{{ .uid }}", "acme"],
    [" {{ .replicas | int }}", " 3"],
    ["{{ $n := int .replicas }}", ""],
    ["{{ $n := int .replicas }}{{ $n }}", "3"],
    ["{{ if .uid }}{{ int .replicas }}{{ end }}", "3"],
    ["{{ 1 }}{{ 2 }}", "12"],
    ["text", "text"],
  ])("of %s", (template, value) => {
    expect(compileTemplate(template).evaluate(data)).toEqual(value);
  });
});

describe("a template", () => {
  it("knows whether it is literal", () => {
    expect(compileTemplate("a { b }} c").isLiteral).toBe(true);
    expect(compileTemplate("a{{/* no action */}}").isLiteral).toBe(false);
  });

  it("leaves the data of its caller alone", () => {
    const mine = new Map<string, GoValue>([["labels", new Map([["a", "1"]])]]);
    const template = compileTemplate(
      '{{ $_ := set .labels "b" "2" }}{{ $_ := set . "c" "3" }}{{ len .labels }}{{ .c }}',
    );
    expect([template.render(mine), template.render(mine)]).toEqual(["23", "23"]);
    expect(mine).toEqual(new Map([["labels", new Map([["a", "1"]])]]));
  });

  it("treats values as data, never as templates", () => {
    expect(compileTemplate("{{ .v }}").render(new Map([["v", "{{ .secret }}"]]))).toBe("{{ .secret }}");
  });

  it("takes keys that JavaScript's objects could not", () => {
    const odd = new Map<string, GoValue>([["__proto__", "a"]]);
    expect(compileTemplate("{{ .__proto__ }}{{ .constructor | default 1 }}").render(odd)).toBe("a1");
  });

  it("joins bytes that meet in the output, and replaces what is no UTF-8", () => {
    expect(render('{{ "\\xe6" }}{{ "\\x97\\xa5" }}|{{ "\\xff" }}')).toBe("日|\ufffd");
  });

  it("calls functions of its own", () => {
    const shout: TemplateFunction = {
      minArguments: 1,
      maxArguments: 1,
      call: ([text], context) => `${context.print(text ?? null)}!`,
    };
    expect(render("{{ .uid | shout }}", { functions: new Map([["shout", shout]]) })).toBe("acme!");
  });
});

describe("syntax errors", () => {
  it.each([
    ["{{ .uid | uper }}", 1, 11, 'unknown function "uper" (did you mean "upper"?)'],
    ["{{ .uid | xyzzy }}", 1, 11, 'unknown function "xyzzy"'],
    ["{{uid}}", 1, 3, 'unknown function "uid" (did you mean {{ .uid }}?)'],
    ["a\n  {{ uid | upper }}", 2, 6, 'unknown function "uid" (did you mean {{ .uid }}?)'],
    ["{{ hub.name }}", 1, 4, 'unknown function "hub" (did you mean {{ .hub.name }}?)'],
    ["日本 {{ uid }}", 1, 7, 'unknown function "uid" (did you mean {{ .uid }}?)'],
    ["{{#items}}", 1, 3, 'unexpected "#" in command: this looks like Mustache, but the template is a Go template'],
    ["{{{uid}}}", 1, 3, 'unexpected "{" in command: this looks like Mustache, but the template is a Go template'],
    ["{{ trunc .uid }}", 1, 4, "wrong number of arguments for trunc: want 2, got 1"],
    ["{{ .uid | len 1 }}", 1, 11, "wrong number of arguments for len: want 1, got 2"],
    ["{{ if .uid }}{{ eq 1 }}{{ end }}", 1, 17, "wrong number of arguments for eq: want at least 2, got 1"],
    ["{{ 1 | 2 }}", 1, 8, "non executable command in pipeline stage 2"],
    ["{{ nil }}", 1, 4, "nil is not a command"],
    ["{{ .uid 1 | print }}{{ 1 2 }}", 1, 24, "can't give argument to non-function 1"],
    ["{{ $x = 1 }}", 1, 4, 'undefined variable "$x"'],
    ["{{ $x }}", 1, 4, 'undefined variable "$x"'],
    ["{{ 1i }}", 1, 4, "imaginary number 1i: complex numbers are not supported in templates"],
    ["{{ 1+2i }}", 1, 4, "imaginary number 1+2i: complex numbers are not supported in templates"],
    [
      '{{ template "frot" }}{{ define "front" }}{{ end }}',
      1,
      13,
      'template "frot" not defined (did you mean "front"?)',
    ],
    ["{{ .uid", 1, 8, "unclosed action"],
    ["{{ .uid\n\n", 3, 1, "unclosed action; the action began in line 1, column 1"],
    ["a\n{{ if .uid }}b", 2, 15, "unexpected end of the template: the action of line 2, column 1 has no {{end}}"],
    ["a{{ end }}", 1, 2, "unexpected {{end}}: nothing is open that it could belong to"],
    ['{{ "a\\q" }}', 1, 4, 'invalid escape in string "a\\q"'],
  ])("%s", (template, line, column, reason) => {
    const error = syntaxError(template);
    expect({ line: error.line, column: error.column, reason: error.reason }).toEqual({ line, column, reason });
    expect(error.message).toBe(`line ${line}, column ${column}: ${reason}`);
  });

  it("come when the template is executed where that is asked for", () => {
    expect(render("{{ if .planId }}{{ len }}{{ end }}ok", { refuse: "late" })).toBe("ok");
    expect(executionError("{{ len }}", { refuse: "late" }).reason).toContain("wrong number of arguments");
  });

  it("refuse literals that do not fit a parameter", () => {
    expect(syntaxError("{{ trunc 1.5 .uid }}").reason).toBe("expected integer; found 1.5");
    expect(syntaxError('{{ until "a" }}').reason).toBe('expected integer; found "a"');
    expect(render("{{ until 2.0 }}")).toBe("[0 1]");
  });
});

describe("execution errors", () => {
  it.each([
    ["{{ .uid.name }}", 1, 8, "can't evaluate field name in type string"],
    ["a\n{{ (index .ids 0).x }}", 2, 18, "can't evaluate field x in type int"],
    ["{{ index .ids 7 }}", 1, 4, "error calling index: index out of range: 7"],
    ["{{ .ids | index 7 }}", 1, 11, "error calling index: can't index item of type int"],
    ["{{ lt .uid 1 }}", 1, 4, "error calling lt: incompatible types for comparison: string and int"],
    ["{{ eq .ids .ids }}", 1, 4, "error calling eq: non-comparable type []interface {}"],
    ["{{ range .uid }}{{ end }}", 1, 10, "range can't iterate over a value of type string"],
  ])("%s", (template, line, column, reason) => {
    const error = executionError(template);
    expect({ line: error.line, column: error.column, reason: error.reason }).toEqual({ line, column, reason });
  });

  it("name the function that refused", () => {
    expect(executionError("{{ index .ids 7 }}").functionName).toBe("index");
  });

  it.each([
    "{{ .secret.x }}",
    "{{ lt .secret 1 }}",
    "{{ range .secret }}{{ end }}",
    "{{ index .secret .secret }}",
    "{{ eq (list .secret) (list .secret) }}",
    "{{ len (int .secret) }}",
    "{{ .secret | call }}",
    "{{ slice .labels .secret }}",
    "{{ printf .labels }}",
    "{{ until .secret }}",
  ])("say nothing of the values: %s", template => {
    const { message } = executionError(template);
    expect(message).not.toContain("s3cr3t");
  });

  it("hide what went wrong inside a function, which may quote values", () => {
    const broken: TemplateFunction = {
      minArguments: 1,
      maxArguments: 1,
      call: ([value], context) => {
        throw new TypeError(`cannot read ${context.print(value ?? null)}`);
      },
    };
    const functions = new Map([["broken", broken]]);
    expect(executionError("{{ broken .secret }}", { functions }).reason).toBe(
      "error calling broken: the function failed (TypeError)",
    );
  });

  it("carry what a function says", () => {
    const picky: TemplateFunction = {
      minArguments: 0,
      maxArguments: 0,
      call: () => {
        throw new FunctionError("not today");
      },
    };
    expect(executionError("{{ picky }}", { functions: new Map([["picky", picky]]) }).message).toBe(
      "line 1, column 4: error calling picky: not today",
    );
  });
});
