import { describe, expect, it } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileTemplate, defaultFunctions, FunctionError, type TemplateFunction } from "../index";
import { sprigFunctions } from ".";

/** A template without data, and what Go's text/template with Sprig 3.3 made of it. */
interface ConformanceCase {
  readonly template: string;
  readonly output?: string;
  /** Go's message: ours must fail, too, in its own words. */
  readonly error?: string;
}

interface Difference {
  readonly name: string;
  readonly cases: readonly {
    readonly template: string;
    readonly go: Pick<ConformanceCase, "output" | "error">;
    readonly ours: Pick<ConformanceCase, "output" | "error">;
  }[];
}

const testdata = join(__dirname, "testdata");
const functions: ReadonlyMap<string, TemplateFunction> = new Map([...defaultFunctions(), ...sprigFunctions]);

function render(template: string): { output: string } | { error: string } {
  try {
    return { output: compileTemplate(template, { functions, missingKey: "default" }).render(new Map()) };
  } catch (error) {
    // Anything but the engine's own errors is a defect.
    if (error instanceof Error && error.name.startsWith("Template")) {
      return { error: error.message.replace(/^line \d+, column \d+: /, "") };
    }
    throw error;
  }
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(testdata, file), "utf8"));
}

const casesOf = (file: string): ConformanceCase[] => read(file) as ConformanceCase[];
const differences = (): Difference[] => read("differences.json") as Difference[];

describe("Sprig functions against Go", () => {
  for (const file of readdirSync(testdata).filter(name => name !== "differences.json")) {
    it(`agrees on every case of ${file}`, () => {
      const cases = casesOf(file);
      const wrong = cases.flatMap(({ template, output, error }) => {
        const ours = render(template);
        const agrees = error === undefined ? "output" in ours && ours.output === output : "error" in ours;
        const crashed = "error" in ours && ours.error.includes("the function failed");
        return agrees && !crashed ? [] : [{ template, go: error === undefined ? { output } : { error }, ours }];
      });
      expect(wrong).toEqual([]);
      expect(cases.length).toBeGreaterThan(0);
    }, 60_000);
  }

  it("differs only as differences.json says", () => {
    for (const { cases } of differences()) {
      for (const { template, go, ours } of cases) {
        expect({ template, ...render(template) }).toEqual({ template, ...ours });
        expect(ours).not.toEqual(go);
      }
    }
  });

  it("has a case for every function", () => {
    const templates = readdirSync(testdata).flatMap(file =>
      file === "differences.json"
        ? differences().flatMap(({ cases }) => cases.map(({ template }) => template))
        : casesOf(file).map(({ template }) => template),
    );
    const words = new Set(templates.flatMap(template => template.match(/\w+/g) ?? []));
    expect([...sprigFunctions.keys()].filter(name => !words.has(name) && name !== "getHostByName")).toEqual([]);
  });
});

describe("Sprig functions of our own mind", () => {
  it.each(["env", "expandenv", "getHostByName"])("%s always fails", name => {
    expect(render(`{{ ${name} "HOME" }}`)).toEqual({ error: expect.stringMatching(/is disabled/) });
  });

  it("marks what may give another result at each call", () => {
    const marked = [...sprigFunctions].filter(([, { nonDeterministic }]) => nonDeterministic).map(([name]) => name);
    expect(marked.sort()).toEqual([
      "ago",
      "bcrypt",
      "encryptAES",
      "genCA",
      "genCAWithKey",
      "genPrivateKey",
      "genSelfSignedCert",
      "genSelfSignedCertWithKey",
      "genSignedCert",
      "genSignedCertWithKey",
      "htpasswd",
      "now",
      "randAlpha",
      "randAlphaNum",
      "randAscii",
      "randBytes",
      "randInt",
      "randNumeric",
      "shuffle",
      "uuidv4",
    ]);
  });

  it.each([
    '{{ repeat 1000000000 "a" }}',
    "{{ until 1000000000 }}",
    "{{ untilStep 0 9223372036854775807 1 }}",
    "{{ seq 1000000000 }}",
    '{{ indent 1000000000 "a" }}',
    '{{ nindent 1000000000 "a" }}',
    "{{ randAlphaNum 1000000000 }}",
    "{{ randBytes 1000000000 }}",
    '{{ $x := "0123456789" }}{{ range until 100 }}{{ $x = cat $x $x }}{{ end }}',
    '{{ $x := "0123456789" }}{{ range until 100 }}{{ $x = replace "0" $x $x }}{{ end }}',
    '{{ $x := "0123456789" }}{{ range until 100 }}{{ $x = regexReplaceAll "." $x $x }}{{ end }}',
    "{{ $x := list 1 2 }}{{ range until 100 }}{{ $x = concat $x $x }}{{ end }}",
    '{{ $x := dict }}{{ range until 60 }}{{ $x = dict "a" $x "b" $x }}{{ end }}{{ toJson $x }}',
    '{{ $x := dict }}{{ range until 60 }}{{ $x = dict "a" $x "b" $x }}{{ end }}{{ deepCopy $x }}',
    '{{ $x := dict }}{{ range until 60 }}{{ $x = dict "a" $x "b" $x }}{{ end }}{{ merge $x (deepCopy $x) }}',
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ mustToJson $d }}',
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ deepCopy $d }}',
    '{{ regexFind "(" "a" }}',
  ])("refuses %s", template => {
    expect(render(template)).toEqual({ error: expect.any(String) });
  });

  it("answers a pattern that makes backtracking engines hang", () => {
    expect(render('{{ regexMatch "(a*)*b" (repeat 100000 "a") }}')).toEqual({ output: "false" });
  });

  it("keeps prototypes clean", () => {
    render(
      '{{ $d := dict }}{{ $_ := set $d "__proto__" (dict "polluted" "yes") }}{{ merge $d (fromJson "{\\"__proto__\\":{\\"polluted\\":1}}") }}',
    );
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    expect(Object.hasOwn(Map.prototype, "polluted")).toBe(false);
  });

  it("gives sorted keys and values", () => {
    expect(render('{{ $d := dict "b" 1 "a" 2 "ä" 3 }}{{ keys $d }}{{ values $d }}')).toEqual({
      output: "[a b ä][2 1 3]",
    });
  });

  it("never quotes a value in a message", () => {
    for (const template of [
      '{{ regexFind "s3cret(" "a" }}',
      '{{ semver "s3cret" }}',
      '{{ semverCompare "s3cret" "1" }}',
      '{{ urlParse "http://s3cret s3cret" }}',
      '{{ mustFromJson "s3cret" }}',
      '{{ mustToDate "2006" "s3cret" }}',
      '{{ decryptAES "k" "s3cret*" }}',
      '{{ genCAWithKey "a" 1 "s3cret" }}',
      '{{ $x := "s3cret" }}{{ trunc $x "a" }}',
      '{{ first "s3cret" }}',
    ]) {
      expect(render(template)).toEqual({ error: expect.not.stringContaining("s3cret") });
    }
  });

  it("throws FunctionError when called directly", () => {
    const context = { reserve: () => undefined, print: () => "" };
    expect(() => sprigFunctions.get("upper")?.call([5n], context)).toThrow(FunctionError);
  });
});
