import Ajv, { type AnySchemaObject, type ErrorObject, type ValidateFunction } from "ajv";
import { linearRegExp } from "./linear-regexp";
import { quotedPrintable } from "./printable";
import { ROW_FORMATS } from "./row-format";

/** A hub's `rowSchema` that is no usable JSON Schema. */
export class RowSchemaError extends Error {
  override readonly name = "RowSchemaError";
}

const LONGEST_VALUE = 60;
/** Keywords that ask for or forbid a variable, whatever its value. */
const ABOUT_NAMES: ReadonlySet<string> = new Set(["required", "additionalProperties", "propertyNames", "dependencies"]);

/**
 * Checks records against a hub's `rowSchema`: JSON Schema draft-07 for an object whose properties are the template
 * variables. Make one for each generation of the hub; making it compiles the schema.
 *
 * Values are texts. Where the schema says `integer`, `number`, `boolean` or `null`, a copy of the text is read as one
 * (`"42"`, `"0.5"`, `"true"` or `"1"`, `""`), so that `minimum` and the like apply; the record keeps its text.
 * `pattern` is RE2, which no row can make slow; `format` is one of {@link ROW_FORMATS}.
 */
export class RowSchema {
  private readonly validate: ValidateFunction;
  private readonly booleans: readonly string[];

  /**
   * @param sensitive variables whose values may not be shown
   * @throws RowSchemaError when the schema is not usable; the message says where and why
   */
  constructor(
    schema: unknown,
    private readonly sensitive: ReadonlySet<string> = new Set(),
  ) {
    if (!isObject(schema)) throw new RowSchemaError("rowSchema must be a JSON Schema object.");
    if ((schema["type"] ?? "object") !== "object") {
      throw new RowSchemaError('rowSchema describes a row: its type must be "object".');
    }
    this.validate = compile({ type: "object", ...schema });
    this.booleans = booleanProperties(schema);
  }

  /** What is wrong with a record, for people; empty when nothing is. */
  reasons(values: ReadonlyMap<string, string>): readonly string[] {
    const copy = Object.fromEntries(values);
    for (const name of this.booleans) {
      const text = values.get(name);
      // Ajv reads "true" and "false" only, and BOOLEAN columns give 1 and 0.
      if (text === "1" || text === "0") copy[name] = text === "1" ? "true" : "false";
    }
    if (this.validate(copy)) return [];
    const errors = this.validate.errors ?? [];
    return [...new Set(errors.map(error => this.reason(error, values)))];
  }

  private reason(error: ErrorObject, values: ReadonlyMap<string, string>): string {
    const variable = variableOf(error);
    if (variable === undefined) return `the row ${ruleOf(error)}`;
    const value = values.get(variable);
    const hidden = value === undefined || ABOUT_NAMES.has(error.keyword) || this.sensitive.has(variable);
    return `${variable} ${ruleOf(error)}${hidden ? "" : `, not ${quotedPrintable(value, LONGEST_VALUE)}`}`;
  }
}

function compile(schema: AnySchemaObject): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    coerceTypes: true,
    // Without it, `required: [toString]` would find the one that every object inherits.
    ownProperties: true,
    // A `minimum` without `type: number` would never apply to a text: say so at once.
    strictTypes: true,
    allowUnionTypes: true,
    formats: { ...ROW_FORMATS },
    code: { regExp: linearRegExp },
    logger: false,
  });
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw new RowSchemaError(`rowSchema is not usable: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function variableOf({ instancePath, params }: ErrorObject): string | undefined {
  if (instancePath !== "") return instancePath.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
  for (const name of ["missingProperty", "additionalProperty", "propertyName"]) {
    const variable: unknown = params[name];
    if (typeof variable === "string") return variable;
  }
  return undefined;
}

/** The rule that does not hold, from the schema's side only: Ajv's texts hold no value of the row. */
function ruleOf({ keyword, params, message }: ErrorObject): string {
  const { allowedValues, allowedValue }: { allowedValues?: unknown; allowedValue?: unknown } = params;
  if (keyword === "enum" && Array.isArray(allowedValues))
    return `must be one of ${allowedValues.map(asText).join(", ")}`;
  if (keyword === "const") return `must be ${asText(allowedValue)}`;
  if (keyword === "required") return "is missing: map it, or take it out of required";
  if (keyword === "additionalProperties") return "is not in the schema";
  return message ?? `breaks the rule ${keyword}`;
}

function asText(value: unknown): string {
  return typeof value === "string" ? quotedPrintable(value, LONGEST_VALUE) : JSON.stringify(value);
}

function booleanProperties(schema: Readonly<Record<string, unknown>>): readonly string[] {
  const properties = schema["properties"];
  if (!isObject(properties)) return [];
  return Object.keys(properties).filter(name => {
    const property = properties[name];
    if (!isObject(property)) return false;
    const types: readonly unknown[] = Array.isArray(property["type"]) ? property["type"] : [property["type"]];
    return types.includes("boolean") && !types.includes("string");
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
