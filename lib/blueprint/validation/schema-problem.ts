import { type ErrorObject } from "ajv";
import { quotedPrintable } from "../../record/printable";
import { fieldPath } from "../body";
import { didYouMean } from "../near-miss";
import { isPlainObject } from "../object";
import { VALUE_FORMATS } from "./formats";
import { LENIENT } from "./schema-units";

/** Keys and indexes from the top of an object to a value in it. */
export type FieldPath = readonly (string | number)[];

/** One way in which a value does not fit its schema. */
export interface SchemaProblem {
  /** Of the value at fault; of the field that is missing, or that is not known. */
  readonly field: FieldPath;
  readonly message: string;
  /**
   * `shape`: the object is not even built as its type says. `value`: a value breaks a rule. `unknown`: a field that the schema does not have.
   */
  readonly kind: "shape" | "value" | "unknown";
  /** The schema says so, but Go's zero values may let it pass: only the API server knows. */
  readonly lenient: boolean;
}

const shapes: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  null: "null",
};

const LONGEST_VALUE = 60;

/** `spec.containers[0].image` */
export function formatField(field: FieldPath, parent = ""): string {
  return field.reduce<string>(
    (path, step) => (typeof step === "number" ? `${path}[${step}]` : path === "" ? plain(step) : fieldPath(path, step)),
    parent,
  );
}

function plain(name: string): string {
  return fieldPath("", name).replace(/^\./, "");
}

/** Ajv's error in words for people; undefined for what only explains another error. */
export function describeError(error: ErrorObject, root: unknown): SchemaProblem | undefined {
  // The branches of anyOf, oneOf and not are told by the one error of the whole.
  if (/\/(?:anyOf|oneOf|not)\//.test(error.schemaPath)) return undefined;
  const field = fieldOf(error.instancePath, root);
  const schema: Record<string, unknown> = isPlainObject(error.parentSchema) ? error.parentSchema : {};
  const { params, data, keyword } = error;
  const at = (message: string, kind: SchemaProblem["kind"] = "value", below?: string): SchemaProblem => ({
    field: below === undefined ? field : [...field, below],
    message,
    kind,
    lenient: false,
  });
  switch (keyword) {
    case "additionalProperties": {
      const name = String(params["additionalProperty"]);
      return at(`unknown field${didYouMean(name, Object.keys(objectOf(schema["properties"])))}`, "unknown", name);
    }
    case "required": {
      const name = String(params["missingProperty"]);
      const lenient = Array.isArray(schema[LENIENT]) && schema[LENIENT].includes(name);
      return { ...at("is required", "shape", name), lenient };
    }
    case "type":
      return at(wrongType(schema["type"], data), "shape");
    case "enum": {
      const words = (Array.isArray(schema["enum"]) ? schema["enum"] : []).filter(word => word !== "");
      const texts = words.filter(word => typeof word === "string");
      const shown = words.map(word => (typeof word === "string" ? word : JSON.stringify(word))).join(", ");
      return at(`${quoted(data)} is not one of ${shown}${typeof data === "string" ? didYouMean(data, texts) : ""}`);
    }
    case "pattern":
      return at(`${quoted(data)} does not match ${String(params["pattern"])}`);
    case "format":
      return at(
        `${quoted(data)} is not ${VALUE_FORMATS.get(String(params["format"]))?.title ?? "of the right format"}`,
      );
    case "uniqueItems": {
      const index = Math.max(Number(params["i"]), Number(params["j"]));
      const item: unknown = Array.isArray(data) ? data[index] : undefined;
      return { ...at(`${quoted(item)} is listed twice`), field: [...field, index] };
    }
    case "minLength":
      return at(
        params["limit"] === 1 ? "must not be empty" : `has ${lengthOf(data)} characters, fewer than ${limitOf(error)}`,
      );
    case "maxLength":
      return at(`has ${lengthOf(data)} characters, more than ${limitOf(error)}`);
    case "minimum":
      return at(`${quoted(data)} is less than ${limitOf(error)}`);
    case "maximum":
      return at(`${quoted(data)} is more than ${limitOf(error)}`);
    case "exclusiveMinimum":
      return at(`${quoted(data)} is not more than ${limitOf(error)}`);
    case "exclusiveMaximum":
      return at(`${quoted(data)} is not less than ${limitOf(error)}`);
    case "minItems":
      return at(`has ${lengthOf(data)} items, fewer than ${limitOf(error)}`);
    case "maxItems":
      return at(`has ${lengthOf(data)} items, more than ${limitOf(error)}`);
    case "minProperties":
      return at(`has ${lengthOf(data)} fields, fewer than ${limitOf(error)}`);
    case "maxProperties":
      return at(`has ${lengthOf(data)} fields, more than ${limitOf(error)}`);
    case "anyOf":
      return at(`fits none of the alternatives that its schema has (anyOf)${alternatives(schema["anyOf"])}`);
    case "oneOf":
      return at(
        `fits none or several of the alternatives of which exactly one must fit (oneOf)${alternatives(schema["oneOf"])}`,
      );
    case "not":
      return at("is written in a way that its schema forbids (not)");
    default:
      return at(error.message ?? `breaks the rule ${keyword}`);
  }
}

/** The fields that alternatives ask for, where that is what tells them apart. */
function alternatives(branches: unknown): string {
  const fields = (Array.isArray(branches) ? branches : []).map(branch => objectOf(branch)["required"]);
  if (fields.length === 0 || !fields.every(required => Array.isArray(required) && required.length > 0)) return "";
  return `: ${fields.map(required => (Array.isArray(required) ? required.join(" with ") : "")).join(", ")}`;
}

function wrongType(wanted: unknown, data: unknown): string {
  const types = (Array.isArray(wanted) ? wanted : [wanted]).filter(type => type !== "null").map(String);
  const hint = types.includes("string") && typeof data !== "object" ? "; put it in quotes" : "";
  return `must be ${types.map(type => shapes[type] ?? type).join(" or ")}, not ${shapeOf(data)}${hint}`;
}

function shapeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : quoted(value);
}

function quoted(value: unknown): string {
  if (typeof value === "string") return quotedPrintable(value, LONGEST_VALUE);
  return typeof value === "object" && value !== null ? shapeOf(value) : JSON.stringify(value);
}

function lengthOf(value: unknown): number {
  if (typeof value === "string") return Array.from(value).length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

function limitOf({ params }: ErrorObject): string {
  return String(params["limit"]);
}

function objectOf(value: unknown): Record<string, unknown> {
  return isPlainObject(value) ? value : {};
}

/** Ajv's JSON pointer as keys and indexes. A map may have the key `0`, so the value itself tells which it is. */
function fieldOf(pointer: string, root: unknown): FieldPath {
  const field: (string | number)[] = [];
  let value = root;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const isIndex = Array.isArray(value);
    field.push(isIndex ? Number(key) : key);
    value = Array.isArray(value) ? value[Number(key)] : objectOf(value)[key];
  }
  return field;
}
