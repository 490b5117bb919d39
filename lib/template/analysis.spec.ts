import { describe, expect, it } from "@jest/globals";
import { compileTemplate } from "./index";

/** Reads as text: `name`, with a question mark if guarded, in the order of their places. */
function reads(template: string): string {
  const { variables, readsWholeData } = compileTemplate(template).analysis;
  const names = variables.map(({ name, guarded }) => (guarded ? `${name}?` : name));
  return [...names, ...(readsWholeData ? ["*"] : [])].join(" ");
}

describe("the variables that a template reads", () => {
  it.each([
    ["no action", ""],
    ["{{ .a }}-{{ $.b }}", "a b"],
    ["{{ .a.b.c }}", "a"],
    ["{{ (.a).b }}", "a"],
    ["{{ .a | upper }}", "a"],
    ["{{ print .a (len .b) }}", "a b"],
    ["{{ range .a }}{{ .b }}{{ $.c }}{{ end }}", "a c"],
    ["{{ with .a }}{{ .b }}{{ end }}", "a? a?"],
    ["{{ with . }}{{ .b }}{{ end }}", "b"],
    ["{{ $x := .a }}{{ $x }}", "a? a"],
    ["{{ $x := . }}{{ $x.a }}", "a"],
    ['{{ define "t" }}{{ .a }}{{ $.b }}{{ end }}', ""],
    ['{{ define "t" }}{{ .a }}{{ $.b }}{{ end }}{{ template "t" . }}', "a b"],
    ['{{ define "t" }}{{ .a }}{{ end }}{{ template "t" .b }}', "b b?"],
    ['{{ block "t" . }}{{ .a }}{{ end }}', "a"],
    ['{{ define "t" }}{{ .a }}{{ template "t" . }}{{ end }}{{ template "t" . }}', "a"],
    ["{{ toJson . }}", "*"],
    ['{{ index . "a-b" }}', "a-b"],
    ['{{ get . "a" }}', "a?"],
    ['{{ index .labels "a" }}', "labels"],
    ["{{ $x := 1 }}{{ range $i, $x := list 1 }}{{ $x }}{{ end }}", ""],
  ])("%s", (template, expected) => {
    expect(reads(template)).toBe(expected);
  });

  it("come with their places", () => {
    expect(compileTemplate("x\n{{ .a }}{{ .b | default 1 }}").analysis.variables).toEqual([
      { name: "a", guarded: false, line: 2, column: 4 },
      { name: "b", guarded: true, line: 2, column: 12 },
    ]);
  });
});

describe("a read is guarded by", () => {
  it.each([
    ['{{ .a | default "x" }}', "a?"],
    ['{{ default "x" .a }}', "a?"],
    ["{{ default .a .b }}", "a b?"],
    ['{{ .a | lower | default "x" }}', "a"],
    ["{{ coalesce .a .b 1 }}", "a? b?"],
    ["{{ empty .a }}", "a?"],
    ["{{ not .a }}", "a?"],
    ["{{ ternary .a .b true }}", "a b"],
    ["{{ if .a }}{{ .a }}{{ else }}{{ .a }}{{ end }}", "a? a? a"],
    ["{{ if not .a }}{{ .a }}{{ else }}{{ .a }}{{ end }}", "a? a a?"],
    ["{{ if empty .a }}x{{ else }}{{ .a }}{{ end }}", "a? a?"],
    ["{{ if and .a .b }}{{ .a }}{{ .b }}{{ end }}", "a? b? a? b?"],
    ["{{ if or .a .b }}{{ .a }}{{ end }}", "a? b? a"],
    ["{{ if not (or .a .b) }}x{{ else if .a }}{{ .a }}{{ end }}", "a? b? a? a?"],
    ['{{ if hasKey . "a" }}{{ .a }}{{ end }}', "a? a?"],
    ['{{ if eq .a "x" }}{{ .a }}{{ end }}', "a a"],
    ['{{ if and .a (eq .a "x") }}y{{ end }}', "a? a?"],
    ['{{ if or (not .a) (eq .a "x") }}y{{ end }}', "a? a?"],
    ['{{ or .a "x" }}', "a?"],
    ["{{ or .a .b }}", "a? b"],
    ["{{ and .a .b }}", "a b"],
    ["{{ with .a }}{{ . }}{{ $.a }}{{ end }}", "a? a? a?"],
    ["{{ with $x := .a }}{{ $x }}{{ end }}", "a? a?"],
    ["{{ if .a }}{{ range list 1 }}{{ $.a }}{{ end }}{{ end }}", "a? a?"],
    ['{{ $x := .a }}{{ $x | default "x" }}', "a? a?"],
    ["{{ if (.a) }}{{ .a }}{{ end }}", "a? a?"],
    ["{{ if .a | not }}{{ else }}{{ .a }}{{ end }}", "a? a?"],
    ['{{ define "t" }}{{ .a }}{{ end }}{{ if .a }}{{ template "t" . }}{{ end }}', "a? a?"],
    ['{{ define "t" }}{{ .a }}{{ end }}{{ if .a }}{{ template "t" . }}{{ end }}{{ template "t" . }}', "a a?"],
    ['{{ eq (index . "a") "x" }}', "a?"],
    ["{{ range .a }}{{ end }}", "a"],
  ])("%s", (template, expected) => {
    expect(reads(template)).toBe(expected);
  });
});

describe("the functions that a template calls", () => {
  it("are listed once each, sorted", () => {
    const template = '{{ .a | upper | lower }}{{ define "t" }}{{ trim (upper "b") }}{{ end }}';
    expect(compileTemplate(template).analysis.functions).toEqual(["lower", "trim", "upper"]);
  });

  it("tell whether two renders may differ", () => {
    const functions = new Map([
      ["dice", { minArguments: 0, maxArguments: 0, nonDeterministic: true, call: () => 4n } as const],
      ["four", { minArguments: 0, maxArguments: 0, call: () => 4n }],
    ]);
    expect(compileTemplate("{{ if false }}{{ dice }}{{ end }}", { functions }).analysis.nonDeterministic).toBe(true);
    expect(compileTemplate("{{ four }}", { functions }).analysis.nonDeterministic).toBe(false);
  });
});
