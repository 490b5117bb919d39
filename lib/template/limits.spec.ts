import { describe, expect, it } from "@jest/globals";
import { compileTemplate, type GoValue, type TemplateLimits } from "./index";

const data = new Map<string, GoValue>([["long", "x".repeat(1 << 19)]]);

function failure(template: string, limits?: Partial<TemplateLimits>): string {
  try {
    compileTemplate(template, limits === undefined ? {} : { limits }).render(data);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}

describe("output", () => {
  it.each([
    ["{{ range 100 }}{{ $.long }}{{ end }}"],
    ['{{ repeat 1000000000 "x" }}'],
    ['{{ printf "%1000000000d" 1 }}{{ printf "%9999999d" 1 }}'],
    ['{{ printf "%*s" 9999999 "x" }}{{ printf "%.2000000f" 1.5 }}'],
    ["{{ $l := list .long .long .long }}{{ $l }}"],
    ["{{ $l := list 1 2 3 4 }}{{ range 40 }}{{ $l = list $l $l }}{{ end }}{{ $l }}"],
    ['{{ $s := "xxxxxxxx" }}{{ range 40 }}{{ $s = print $s $s }}{{ end }}{{ $s | len }}'],
    ["{{ print .long .long .long }}"],
    ["{{ html .long .long .long }}"],
    ['{{ $d := dict "a" .long "b" .long "c" .long }}{{ toYaml $d }}'],
  ])("is bounded: %s", template => {
    expect(failure(template)).toMatch(/longer than 1048576 characters/);
  });

  it("has the bound that is chosen", () => {
    expect(failure("12345", { outputCharacters: 4 })).toBe("");
    expect(failure("{{ 1 }}2345", { outputCharacters: 4 })).toBe(
      "line 1, column 8: the output is longer than 4 characters",
    );
    expect(failure("{{ 1 }}234", { outputCharacters: 4 })).toBe("");
  });
});

describe("steps", () => {
  it.each([
    ["{{ range 1000000000 }}{{ end }}"],
    ["{{ range 2000 }}{{ range 2000 }}{{ end }}{{ end }}"],
    ["{{ range 100000 }}{{ $n := len $.long }}{{ end }}"],
    ['{{ define "a" }}{{ if . }}{{ range 2 }}{{ template "a" $ }}{{ end }}{{ end }}{{ end }}{{ template "a" 1 }}'],
    ["{{ $l := list }}{{ range 1000000 }}{{ $l = append $l 1 }}{{ end }}"],
  ])("are bounded: %s", template => {
    expect(failure(template, { depth: 50 })).toMatch(/more than 1000000 steps|maximum template depth/);
  });

  it("have the bound that is chosen", () => {
    expect(failure("{{ range 10 }}{{ end }}", { steps: 5 })).toBe(
      "line 1, column 10: the template takes more than 5 steps; is there an endless loop?",
    );
  });
});

describe("depth", () => {
  it("of templates that invoke themselves or each other is bounded", () => {
    expect(failure('{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}')).toBe(
      "line 1, column 29: exceeded maximum template depth (100)",
    );
    const mutual =
      '{{ define "a" }}{{ template "b" }}{{ end }}{{ define "b" }}{{ template "a" }}{{ end }}{{ template "a" }}';
    expect(failure(mutual, { depth: 7 })).toMatch(/exceeded maximum template depth \(7\)/);
  });

  it("of a template's text is bounded", () => {
    expect(failure(`{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`)).toMatch(/maximum nesting depth exceeded/);
    expect(failure("{{ if 1 }}".repeat(50_000))).toMatch(/maximum nesting depth exceeded/);
    expect(failure(`{{ ${"(".repeat(390)}1${")".repeat(390)} }}`)).toBe("");
    expect(failure("{{ if 1 }}".repeat(390) + "{{ end }}".repeat(390))).toBe("");
  });

  it("of values is bounded, and a value that holds itself is an error", () => {
    const cyclic = '{{ $d := dict }}{{ $_ := set $d "self" $d }}';
    expect(failure(`${cyclic}{{ $d }}`)).toMatch(/nested too deeply/);
    expect(failure(`${cyclic}{{ toYaml $d }}`)).toMatch(/nested too deeply/);
    expect(failure("{{ $l := list }}{{ range 5000 }}{{ $l = list $l }}{{ end }}{{ print $l }}")).toMatch(
      /nested too deeply/,
    );
  });

  it("of invocations inside nested actions does not exhaust the stack", () => {
    const body = `${"{{ if 1 }}".repeat(390)}{{ template "a" }}${"{{ end }}".repeat(390)}`;
    const message = failure(`{{ define "a" }}${body}{{ end }}{{ template "a" }}`, { depth: 100_000 });
    expect(message).toMatch(/nested too deeply|maximum template depth/);
  });
});
