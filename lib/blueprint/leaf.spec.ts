import { describe, expect, it } from "@jest/globals";
import { type GoValue } from "../template/value";
import { includeDecision, type JsonScalar, typedLeaf } from "./leaf";
import { type SchemaNode } from "./schema";

const shown = (text: string) => JSON.stringify(text);
const leaf = (value: GoValue, schema?: SchemaNode) => typedLeaf(value, schema, "spec.x", shown);

describe("a rendered leaf", () => {
  it.each<[string, GoValue, SchemaNode | undefined, JsonScalar]>([
    ["an integer where one is wanted", "5", { type: "integer" }, 5],
    ["white space around it", " 5\n", { type: "integer" }, 5],
    ["an integer as Go prints a large float64", "1.234567e+06", { type: "integer" }, 1234567],
    ["a number of an expression", 7n, { type: "integer" }, 7],
    ["a number", "0.5", { type: "number" }, 0.5],
    ["a BOOLEAN column's text", "1", { type: "boolean" }, true],
    ["a word for no", "off", { type: "boolean" }, false],
    ["digits where text is wanted", "5", { type: "string" }, "5"],
    ["an expression's number where text is wanted", 5n, { type: "string" }, "5"],
    ["a port number", "8080", { intOrString: true }, 8080],
    ["a port name", "http", { intOrString: true }, "http"],
    ["a percentage", "25%", { intOrString: true }, "25%"],
    ["text without a schema", "5", undefined, "5"],
    ["an expression's number without a schema", 5n, undefined, 5],
    ["an expression's truth without a schema", true, undefined, true],
    ["nil", null, undefined, ""],
  ])("%s", (_, value, schema, expected) => {
    expect(leaf(value, schema)).toBe(expected);
  });

  it.each<[string, GoValue, SchemaNode | undefined, string]>([
    ["text that is no integer", "five", { type: "integer" }, 'spec.x: renders "five", but the field takes an integer'],
    [
      "a large fraction for an integer",
      "1.2345678e+06",
      { type: "integer" },
      'spec.x: renders "1.2345678e+06", but the field takes an integer',
    ],
    ["a fraction for an integer", "5.5", { type: "integer" }, 'spec.x: renders "5.5", but the field takes an integer'],
    [
      "nothing for an integer",
      "",
      { type: "integer" },
      "spec.x: renders an empty text, but the field takes an integer; give it a fallback with default",
    ],
    [
      "a word that is neither true nor false",
      "maybe",
      { type: "boolean" },
      'spec.x: renders "maybe", but the field takes true or false',
    ],
    [
      "an integer that JSON cannot carry",
      "9007199254740993",
      { type: "integer" },
      "spec.x: renders an integer beyond 2^53, which JSON cannot carry exactly; quote it as text",
    ],
    ["text for an object", "{}", { type: "object" }, "spec.x: renders text, but the field is an object"],
    [
      "a map, which would add structure",
      new Map([["a", 1n]]),
      undefined,
      "spec.x: renders a map; a value of a row may fill a field, never add structure. Print it (toJson) or write the fields out",
    ],
  ])("refuses %s", (_, value, schema, message) => {
    expect(() => leaf(value, schema)).toThrow(message);
  });
});

describe("includeWhen", () => {
  it.each(["true", "TRUE", " 1 ", "yes", "on"])("includes on %j", text => {
    expect(includeDecision(text, "p", shown)).toBe(true);
  });

  it.each(["false", "0", "no", "off", "", "  "])("leaves out on %j", text => {
    expect(includeDecision(text, "p", shown)).toBe(false);
  });

  it("refuses what is neither, rather than guess", () => {
    expect(() => includeDecision("enterprise", "p", shown)).toThrow(
      'p: renders "enterprise", but the field takes true or false',
    );
  });
});
