import { describe, expect, it } from "@jest/globals";
import {
  compileDialect,
  compileTemplate,
  defaultFunctions,
  defaultLimits,
  type GoValue,
  type TemplateDialect,
} from "./index";
import { type TemplateFunction } from "./value";

/** What a render did, whoever is faster or slower. */
interface Work {
  message: string;
  calls: number;
  /** Characters and elements of all results. */
  made: number;
  largest: number;
}

function sizeOf(value: GoValue): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : 1;
}

function counting(definition: TemplateFunction, work: Work): TemplateFunction {
  return {
    ...definition,
    call: (args, context) => {
      work.calls++;
      const result = definition.call(args, context);
      work.made += sizeOf(result);
      work.largest = Math.max(work.largest, sizeOf(result));
      return result;
    },
  };
}

function workOf(template: string, data: ReadonlyMap<string, GoValue> = new Map()): Work {
  const work: Work = { message: "", calls: 0, made: 0, largest: 0 };
  const functions = new Map(
    // The compiler knows these two by their definitions.
    Array.from(defaultFunctions(), ([name, each]) =>
      name === "and" || name === "or" ? ([name, each] as const) : ([name, counting(each, work)] as const),
    ),
  );
  try {
    compileTemplate(template, { functions }).render(data);
  } catch (error) {
    work.message =
      error instanceof Error && error.name.startsWith("Template") ? error.message : `defect: ${String(error)}`;
  }
  return work;
}

const long = new Map<string, GoValue>([["long", "x".repeat(1 << 19)]]);

describe("a hostile template ends with an error, after little work", () => {
  it.each([
    ['{{ repeat 1000000000 "x" }}'],
    ["{{ until 1000000000 }}"],
    ["{{ untilStep 0 1000000000 1 }}"],
    ["{{ seq 1000000000 }}"],
    ['{{ indent 1000000000 "x" }}'],
    ["{{ range 1000000000 }}{{ end }}"],
    ["{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"],
    ['{{ define "a" }}{{ template "b" }}{{ end }}{{ define "b" }}{{ template "a" }}{{ end }}{{ template "a" }}'],
    ['{{ define "a" }}{{ template "a" }}{{ template "a" }}{{ end }}{{ template "a" }}'],
    ['{{ $x := "x" }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}'],
    ['{{ $x := "x" }}{{ range until 100 }}{{ $x = replace "x" (print $x $x) $x }}{{ end }}'],
    ["{{ $l := list 1 }}{{ range until 100 }}{{ $l = concat $l $l }}{{ end }}"],
    ['{{ $d := dict }}{{ range until 100 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toJson $d }}'],
    ['{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d }}'],
    ['{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ toJson $d | len }}{{ mustToJson $d }}'],
    ['{{ printf "%1000000000d" 1 }}{{ printf "%900000d%900000d" 1 1 }}'],
    ['{{ range until 1000 }}{{ genPrivateKey "ed25519" }}{{ end }}'],
    ['{{ range until 1000 }}{{ bcrypt "x" }}{{ end }}'],
    ['{{ regexFind "(" "x" }}'],
    ['{{ mustRegexMatch "x{1000}{1000}{1000}" "x" }}'],
    ['{{ semverCompare "1.2.3 || 1.2.3 || 1.2.3" (repeat 100000 "1") }}'],
    ['{{ fromJson (repeat 100000 "[") | first }}'],
    ["{{ range 1000000 }}{{ $x := len $.long }}{{ end }}"],
    ['{{ range 1000000 }}{{ $x := regexMatch "(x+x+)+y" $.long }}{{ end }}'],
    ["{{ range 1000 }}{{ $x := sha512sum $.long }}{{ end }}"],
  ])("%s", template => {
    const { message, calls, made, largest } = workOf(template, long);
    expect(message).toMatch(/^line \d+, column \d+: /);
    expect(calls).toBeLessThanOrEqual(defaultLimits.steps);
    expect(largest).toBeLessThanOrEqual(defaultLimits.outputCharacters);
    // Sixteen characters are a step.
    expect(made).toBeLessThanOrEqual(defaultLimits.steps * 16 + defaultLimits.outputCharacters);
  });

  it("matches a pattern that makes backtracking engines hang, in one call", () => {
    const { message, calls } = workOf('{{ regexMatch "^(x+)+y$" .long }}', long);
    expect({ message, calls }).toEqual({ message: "", calls: 1 });
  });
});

describe("a value", () => {
  it.each<[TemplateDialect, string]>([
    ["gotemplate", "{{ .v }}"],
    ["mustache", "{{v}}"],
  ])("is never a template: %s", (dialect, template) => {
    const value = '{{ repeat 9 "x" }}{{#a}}{{ template "x" }}';
    expect(compileDialect(template, dialect).render(new Map([["v", value]]))).toBe(value);
  });

  it.each(["__proto__", "constructor", "prototype", "toString"])("under the key %s reaches no prototype", key => {
    const template = `{{ $d := set (dict) .key (dict "polluted" 1) }}{{ $m := merge (dict) $d (dict .key (dict "more" 2)) }}{{ fromJson (toJson $m) | toYaml }}`;
    expect(workOf(template, new Map([["key", key]])).message).toBe("");
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(Reflect.get(new Map(), "polluted")).toBeUndefined();
    expect(Reflect.get(() => undefined, "polluted")).toBeUndefined();
    expect(
      compileTemplate("{{ index . .key }}").render(
        new Map([
          ["key", key],
          [key, "own"],
        ]),
      ),
    ).toBe("own");
    expect(workOf("{{ .constructor.name }}").message).toMatch(/variable \.constructor\.name is not defined/);
  });

  it("that a template changes stays as it was for the next one", () => {
    const data = new Map<string, GoValue>([["m", new Map([["a", "b"]])]]);
    const template = compileTemplate('{{ $_ := set .m "a" "changed" }}{{ .m.a }}');
    expect([template.render(data), compileTemplate("{{ .m.a }}").render(data)]).toEqual(["changed", "b"]);
  });
});
