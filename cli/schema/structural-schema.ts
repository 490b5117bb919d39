import { parse } from "yaml";
import { isPlainObject } from "../../lib/blueprint/object";

/** What a CustomResourceDefinition asks of an object, as far as the API server checks it without running a rule. */
export interface StructuralSchema {
  readonly type: string;
  readonly properties: ReadonlyMap<string, StructuralSchema>;
  readonly required: readonly string[];
  readonly items: StructuralSchema | undefined;
  /** Schema of the values of a map. */
  readonly additionalProperties: StructuralSchema | undefined;
  /** Anything goes inside. */
  readonly preservesUnknown: boolean;
  readonly isSet: boolean;
  readonly enum: readonly string[] | undefined;
  readonly pattern: RegExp | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly maxItems: number | undefined;
}

/** Schemas by kind, from the texts of the project's CustomResourceDefinitions. */
export function readSchemas(definitions: readonly string[]): ReadonlyMap<string, StructuralSchema> {
  return new Map(definitions.map(readSchema));
}

function readSchema(definition: string): readonly [string, StructuralSchema] {
  const { spec }: { spec?: unknown } = object(parse(definition, { merge: true }));
  const { names, versions } = object(spec);
  const [version] = list(versions).map(object);
  const { kind } = object(names);
  const { openAPIV3Schema } = object(version?.["schema"]);
  if (typeof kind !== "string" || openAPIV3Schema === undefined) {
    throw new TypeError("this is no CustomResourceDefinition with a schema");
  }
  return [kind, convert(object(openAPIV3Schema))];
}

function convert(schema: Record<string, unknown>): StructuralSchema {
  const { type, properties, required, items, additionalProperties, pattern } = schema;
  return {
    type: typeof type === "string" ? type : "",
    properties: new Map(Object.entries(object(properties)).map(([name, child]) => [name, convert(object(child))])),
    required: texts(required),
    items: isPlainObject(items) ? convert(items) : undefined,
    additionalProperties: isPlainObject(additionalProperties) ? convert(additionalProperties) : undefined,
    preservesUnknown: schema["x-kubernetes-preserve-unknown-fields"] === true,
    isSet: schema["x-kubernetes-list-type"] === "set",
    enum: Array.isArray(schema["enum"]) ? texts(schema["enum"]) : undefined,
    pattern: typeof pattern === "string" ? new RegExp(pattern, "u") : undefined,
    minimum: number(schema["minimum"]),
    maximum: number(schema["maximum"]),
    minLength: number(schema["minLength"]),
    maxLength: number(schema["maxLength"]),
    maxItems: number(schema["maxItems"]),
  };
}

function object(value: unknown): Record<string, unknown> {
  return isPlainObject(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): readonly string[] {
  return list(value).filter(item => typeof item === "string");
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
