import { describe, expect, it } from "@jest/globals";
import { Redactor } from "./redactor";

const redact = (text: string, ...values: string[]) => new Redactor(values).redact(text);

/** As Go's encoding/json writes it. */
const goJson = (value: string) =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

describe("a sensitive value in somebody else's text", () => {
  const awkward = [
    "hunter2",
    `it's "quoted" \`so\``,
    "back\\slash \\n \\\\",
    "<a href='x'>&amp;</a>",
    "lines\nand\r\ntabs\t\u0007\u000b\u0000",
    "emoji 🚀 é 漢字",
    "(.*)+[a-z]{2}|^$?/-",
    "100% %41 a+b c d",
    "s".repeat(1_000) + "🚀".repeat(300),
    "x".repeat(257),
  ];
  const notations: [string, (value: string) => string][] = [
    ["as it is", value => value],
    ["as JSON", value => JSON.stringify(value)],
    ["as Go's JSON", goJson],
    ["as JSON within JSON", value => JSON.stringify(JSON.stringify(value))],
    ["as Go's JSON within Go's JSON", value => goJson(goJson(value))],
    ["in a URL", value => encodeURIComponent(value)],
    ["in a form", value => new URLSearchParams({ value }).toString()],
    ["as base64", value => Buffer.from(value).toString("base64")],
    ["in single quotes of YAML", value => `'${value.replaceAll("'", "''")}'`],
  ];

  it.each(notations)("is hidden %s", (_, write) => {
    for (const value of awkward) {
      const text = redact(`Invalid value: ${write(value)}: must be a port`, value);
      expect(text).toMatch(/^Invalid value: ("|'|\\"|"\\"|value=)*(\*\*\*)+("|'|\\"|\\""|=)*: must be a port$/);
    }
  });

  it("is hidden as Go's %q writes what cannot be printed", () => {
    expect(redact(String.raw`got "a\x00b\a\u00a0\U000e0001c"`, "a\0b\u0007\u00a0\u{e0001}c")).toBe('got "***"');
  });

  it("is hidden as a whole where another value is a part of it", () => {
    expect(redact("password pass-word-1 is wrong", "word", "pass-word-1")).toBe("pass*** *** is wrong");
  });

  it("is hidden every time", () => {
    expect(redact("hunter2, hunter2; hunter2", "hunter2")).toBe("***, ***; ***");
  });
});

describe("other text", () => {
  it("stays as it is", () => {
    const text = 'spec.type: Unsupported value: "x": supported values: "ClusterIP", "NodePort" (100 %) \\ \\n +';
    expect(redact(text, "hunter2", "", "a")).toBe(text);
    expect(redact(text)).toBe(text);
    expect(redact("", "hunter2")).toBe("");
  });

  it("is searched in no time, whatever it and the value are made of", () => {
    const text = `${"\\".repeat(2_000)}x${"%5c".repeat(500)}`;
    expect(redact(text, `${"\\".repeat(40)}"`, '\\"\\"\\"\\"')).toBe(text);
  });

  it("is not taken for a value of another case, or for a part of one", () => {
    expect(redact("Hunter2 hunter", "hunter2")).toBe("Hunter2 hunter");
  });
});
