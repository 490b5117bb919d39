import { fieldPath } from "../../lib/blueprint/body";
import { didYouMean } from "../../lib/blueprint/near-miss";
import { isPlainObject } from "../../lib/blueprint/object";
import { type StructuralSchema } from "./structural-schema";

/** What the API server would refuse before it asks a webhook. */
export interface SchemaProblem {
  readonly path: string;
  readonly message: string;
  /** `shape`: the object is not even built as its type says, and nothing else can be told of it. */
  readonly kind: "shape" | "value" | "unknown";
}

/** An object as the API server would store it: without nulls and unknown fields, which it drops. */
export interface Conformed {
  readonly value: unknown;
  readonly problems: readonly SchemaProblem[];
}

/** Checks an object against its CustomResourceDefinition. Unknown fields are problems, as `kubectl apply` treats them. */
export function conform(value: unknown, schema: StructuralSchema): Conformed {
  const problems: SchemaProblem[] = [];
  return { value: visit(value, schema, "", problems), problems };
}

const shapes: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
};

function visit(value: unknown, schema: StructuralSchema, path: string, problems: SchemaProblem[]): unknown {
  if (!hasType(value, schema.type)) {
    const hint = schema.type === "string" && typeof value !== "object" ? "; put it in quotes" : "";
    problems.push({
      path,
      message: `must be ${shapes[schema.type] ?? schema.type}, not ${shapeOf(value)}${hint}`,
      kind: "shape",
    });
    return value;
  }
  if (typeof value === "string") checkText(value, schema, path, problems);
  if (typeof value === "number") checkNumber(value, schema, path, problems);
  if (Array.isArray(value)) return visitList(value, schema, path, problems);
  return isPlainObject(value) ? visitObject(value, schema, path, problems) : value;
}

function visitObject(
  value: Record<string, unknown>,
  schema: StructuralSchema,
  path: string,
  problems: SchemaProblem[],
): Record<string, unknown> {
  const { properties, additionalProperties, required, preservesUnknown } = schema;
  for (const name of required) {
    if (value[name] === undefined || value[name] === null) {
      problems.push({ path: below(path, name), message: "is required", kind: "shape" });
    }
  }
  const entries = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const child = properties.get(name) ?? additionalProperties;
    if (child !== undefined) return field === null ? [] : [[name, visit(field, child, below(path, name), problems)]];
    // An object without any word on its fields, such as metadata, has rules of its own.
    if (preservesUnknown || properties.size === 0) return [[name, field]];
    const message = `unknown field${didYouMean(name, properties.keys())}`;
    problems.push({ path: below(path, name), message, kind: "unknown" });
    return [];
  });
  return Object.fromEntries(entries);
}

function visitList(
  value: readonly unknown[],
  schema: StructuralSchema,
  path: string,
  problems: SchemaProblem[],
): unknown[] {
  const { items, maxItems, isSet } = schema;
  if (maxItems !== undefined && value.length > maxItems) {
    problems.push({ path, message: `has ${value.length} items, more than ${maxItems}`, kind: "value" });
  }
  value.forEach((item, index) => {
    if (!isSet || value.indexOf(item) === index) return;
    problems.push({ path: `${path}[${index}]`, message: `${JSON.stringify(item)} is listed twice`, kind: "value" });
  });
  return items === undefined
    ? [...value]
    : value.map((item, index) => visit(item, items, `${path}[${index}]`, problems));
}

function checkText(value: string, schema: StructuralSchema, path: string, problems: SchemaProblem[]): void {
  const { enum: words, pattern, minLength = 0, maxLength = Infinity } = schema;
  const length = Array.from(value).length;
  const refuse = (message: string) => problems.push({ path, message, kind: "value" });
  if (words !== undefined && !words.includes(value)) {
    refuse(`${JSON.stringify(value)} is not one of ${words.join(", ")}${didYouMean(value, words)}`);
  }
  if (pattern !== undefined && !pattern.test(value))
    refuse(`${JSON.stringify(value)} does not match ${pattern.source}`);
  if (length < minLength) refuse("must not be empty");
  if (length > maxLength) refuse(`has ${length} characters, more than ${maxLength}`);
}

function checkNumber(value: number, schema: StructuralSchema, path: string, problems: SchemaProblem[]): void {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value < minimum) problems.push({ path, message: `${value} is less than ${minimum}`, kind: "value" });
  if (value > maximum) problems.push({ path, message: `${value} is more than ${maximum}`, kind: "value" });
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return isPlainObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "string":
    case "number":
    case "boolean":
      return typeof value === type;
    default:
      return true;
  }
}

function shapeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return JSON.stringify(typeof value === "string" ? value.slice(0, 60) : value);
}

function below(path: string, name: string): string {
  return path === "" ? name : fieldPath(path, name);
}
