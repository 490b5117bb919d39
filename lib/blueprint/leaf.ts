import { MissingValue, type GoValue } from "../template/value";
import { RenderError } from "./errors";
import { type SchemaNode } from "./schema";

export type JsonScalar = string | number | boolean;

/** The words upstream's `bool` takes; a BOOLEAN column arrives as `1` or `0`. */
const TRUE_WORDS: ReadonlySet<string> = new Set(["true", "1", "yes", "on", "t", "y"]);
const FALSE_WORDS: ReadonlySet<string> = new Set(["false", "0", "no", "off", "f", "n"]);

const INTEGER = /^[+-]?\d+$/;
/** A whole number as Go prints a float64 of seven digits or more, which is what `fromJson` gives. */
const PRINTED_FLOAT = /^[+-]?\d(\.\d+)?e\+\d+$/;

/**
 * Gives a rendered leaf the type that the target's schema asks for: the text `5` becomes the number 5 where an integer is
 * expected and stays text where a string is. Without a schema the value keeps the type that its expression had.
 *
 * @param shown how an error may quote the value; sensitive values pass a placeholder
 * @throws RenderError when the text cannot be that type, or when a row would add structure (a map or a list) to the object
 */
export function typedLeaf(
  value: GoValue,
  schema: SchemaNode | undefined,
  path: string,
  shown: (text: string) => string,
): JsonScalar {
  if (value === null || value instanceof MissingValue) return typedText("", schema, path, shown);
  if (Array.isArray(value) || value instanceof Map) {
    throw new RenderError(
      path,
      `renders a ${Array.isArray(value) ? "list" : "map"}; a value of a row may fill a field, never add structure. Print it (toJson) or write the fields out`,
    );
  }
  if (typeof value === "string") return typedText(value, schema, path, shown);
  if (schema?.type === undefined && schema?.intOrString !== true) return scalar(value, path);
  if (schema.type === "string") return String(value);
  return typedText(String(value), schema, path, shown);
}

function scalar(value: boolean | bigint | number, path: string): JsonScalar {
  if (typeof value !== "bigint") return value;
  return safeInteger(value, path);
}

function safeInteger(value: bigint, path: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new RenderError(path, "renders an integer beyond 2^53, which JSON cannot carry exactly; quote it as text");
  }
  return number;
}

function typedText(
  text: string,
  schema: SchemaNode | undefined,
  path: string,
  shown: (text: string) => string,
): JsonScalar {
  if (schema === undefined) return text;
  const trimmed = text.trim();
  if (schema.intOrString === true) return INTEGER.test(trimmed) ? safeInteger(BigInt(trimmed), path) : text;
  switch (schema.type) {
    case "integer":
      if (INTEGER.test(trimmed)) return safeInteger(BigInt(trimmed), path);
      if (PRINTED_FLOAT.test(trimmed) && Number.isInteger(Number(trimmed))) {
        return safeInteger(BigInt(Number(trimmed)), path);
      }
      throw new RenderError(path, wrongType(trimmed, "an integer", shown));
    case "number": {
      const number = Number(trimmed);
      if (trimmed !== "" && Number.isFinite(number)) return number;
      throw new RenderError(path, wrongType(trimmed, "a number", shown));
    }
    case "boolean": {
      const word = trimmed.toLowerCase();
      if (TRUE_WORDS.has(word)) return true;
      if (FALSE_WORDS.has(word)) return false;
      throw new RenderError(path, wrongType(trimmed, "true or false", shown));
    }
    case "object":
    case "array":
      throw new RenderError(path, `renders text, but the field is ${schema.type === "array" ? "a list" : "an object"}`);
    default:
      return text;
  }
}

function wrongType(text: string, wanted: string, shown: (text: string) => string): string {
  return text === ""
    ? `renders an empty text, but the field takes ${wanted}; give it a fallback with default`
    : `renders ${shown(text)}, but the field takes ${wanted}`;
}

/**
 * Whether `includeWhen` includes the resource. NULL and empty text mean no, so that a flag column of a LEFT JOIN works as is.
 *
 * @throws RenderError for any word that is neither true nor false
 */
export function includeDecision(text: string, path: string, shown: (text: string) => string): boolean {
  const word = text.trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  if (word === "" || FALSE_WORDS.has(word)) return false;
  throw new RenderError(path, wrongType(word, "true or false", shown));
}
