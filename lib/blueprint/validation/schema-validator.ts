import Ajv, { type AnySchemaObject, type ErrorObject, type Format, type ValidateFunction } from "ajv";
import { linearRegExp } from "../../record/linear-regexp";
import { isPlainObject } from "../object";
import { VALUE_FORMATS } from "./formats";
import { describeError, type SchemaProblem } from "./schema-problem";
import { type SchemaUnits, UNIT } from "./schema-units";

/** A schema that cannot be compiled: nothing can be said of its objects. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}

interface CompiledUnit {
  readonly validate: ValidateFunction;
  readonly bytes: number;
}

/** One validation under way. */
interface Visit {
  readonly schemas: SchemaUnits;
  readonly errors: ErrorObject[];
}

/** Bytes of compiled units that are kept by default; those that were not used for longest give way. */
const defaultBytes = 24 * 1024 * 1024;
/** What a compiled unit takes beside its generated code, which is kept as text and as bytecode. Measured: `npm run bench -- admission`. */
const unitOverhead = 6 * 1024;
const bytesOfCharacter = 5;

const formats: Readonly<Record<string, Format>> = Object.fromEntries(
  [...VALUE_FORMATS].map(([name, { type, validate }]) => [name, { type, validate } as Format]),
);

/**
 * Checks objects against the schemas of their kinds, with Ajv. Each object level of a schema is compiled when a value reaches it for the first time, and shared
 * by all kinds that have an equal one: most of what a Pod may have is never compiled, and a Job finds what a Deployment has left.
 */
export class SchemaValidator {
  private readonly compiled = new Map<string, CompiledUnit>();
  private total = 0;
  private visit: Visit | undefined;

  /** @param limit bytes of compiled units that may be kept */
  constructor(readonly limit = defaultBytes) {}

  /** Units that are compiled now, and the bytes that they take, about. */
  get cached(): { readonly units: number; readonly bytes: number } {
    return { units: this.compiled.size, bytes: this.total };
  }

  /**
   * What does not fit. A field that is null counts as absent, as the API server has it. The value is not changed.
   *
   * @param kind name of a unit
   * @throws SchemaError
   */
  problems(schemas: SchemaUnits, kind: string, value: unknown): SchemaProblem[] {
    const errors: ErrorObject[] = [];
    const outer = this.visit;
    this.visit = { schemas, errors };
    const present = withoutNulls(value);
    try {
      this.check(kind, present, "");
    } finally {
      this.visit = outer;
    }
    return errors.flatMap(error => {
      const problem = describeError(error, present);
      return problem === undefined || isNullAllowed(error, problem, value) ? [] : [problem];
    });
  }

  private check(name: string, value: unknown, instancePath: string): void {
    const text = this.visit?.schemas.units.get(name);
    if (text === undefined) return;
    const { validate } = this.unit(text);
    // Ajv's functions take where they are as a second argument; its types keep that to itself.
    const within: {
      instancePath: string;
      parentData: object;
      parentDataProperty: string;
      rootData: object;
      dynamicAnchors: object;
    } = {
      instancePath,
      parentData: {},
      parentDataProperty: "",
      rootData: {},
      dynamicAnchors: {},
    };
    if (!Reflect.apply(validate, undefined, [value, within])) this.visit?.errors.push(...(validate.errors ?? []));
  }

  private unit(text: string): CompiledUnit {
    const known = this.compiled.get(text);
    if (known !== undefined) {
      // A Map keeps the order of insertion: used last, it goes last.
      this.compiled.delete(text);
      this.compiled.set(text, known);
      return known;
    }
    const unit = this.compile(text);
    this.compiled.set(text, unit);
    this.total += unit.bytes;
    for (const [oldest, { bytes }] of this.compiled) {
      if (this.total <= this.limit || oldest === text) break;
      this.compiled.delete(oldest);
      this.total -= bytes;
    }
    return unit;
  }

  private compile(text: string): CompiledUnit {
    let characters = text.length;
    // An Ajv keeps all that it ever compiled: each unit has one of its own, which goes with it.
    const ajv = new Ajv({
      allErrors: true,
      verbose: true,
      // Without it, `required: [toString]` would find the one that every object inherits.
      ownProperties: true,
      strict: false,
      meta: false,
      validateSchema: false,
      logger: false,
      formats,
      code: {
        regExp: linearRegExp,
        process: code => {
          characters += code.length;
          return code;
        },
      },
    });
    ajv.addKeyword({
      keyword: UNIT,
      schemaType: "string",
      errors: false,
      validate: (name: string, value: unknown, _parent: unknown, within?: { instancePath: string }) => {
        this.check(name, value, within?.instancePath ?? "");
        return true;
      },
    });
    try {
      const schema: unknown = JSON.parse(text);
      const validate = ajv.compile(isPlainObject(schema) ? (schema satisfies AnySchemaObject) : {});
      return { validate, bytes: characters * bytesOfCharacter + unitOverhead };
    } catch (error) {
      throw new SchemaError(`its schema is not usable: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** A copy without the fields that are null; entries of lists stay, so that indexes do. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => (field === null ? [] : [[key, withoutNulls(field)]])),
  );
}

/** A required field that is null is there, where its schema allows null. */
function isNullAllowed({ keyword, parentSchema }: ErrorObject, { field }: SchemaProblem, value: unknown): boolean {
  if (keyword !== "required") return false;
  const name = field.at(-1);
  const properties =
    isPlainObject(parentSchema) && isPlainObject(parentSchema["properties"]) ? parentSchema["properties"] : {};
  const schema = typeof name === "string" ? properties[name] : undefined;
  const inline = isPlainObject(schema) && Array.isArray(schema["type"]) && schema["type"].includes("null");
  const open = isPlainObject(schema) && schema["type"] === undefined;
  if (!inline && !open) return false;
  return field.reduce<unknown>((parent, step) => (isContainer(parent) ? parent[step] : undefined), value) === null;
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}
