/** Turns OpenAPI v3 schemas into small JSON Schemas that a validator can compile one by one, when a value reaches them. */

import { RE2JS } from "re2js";
import { isPlainObject } from "../object";
import { VALUE_FORMATS } from "./formats";

/**
 * Schemas of one OpenAPI document: each object level is a unit of its own, as JSON text, and names the units below it
 * by the keyword {@link UNIT}. As text they take a tenth of what they would as objects, and equal ones are told by their text.
 */
export interface SchemaUnits {
  readonly units: ReadonlyMap<string, string>;
  /** Names of the units of kinds, by `group/version/kind`. */
  readonly kinds: ReadonlyMap<string, string>;
  /** Length of all texts. */
  readonly bytes: number;
}

/** Keyword of a JSON Schema: the value is described by the unit of this name. */
export const UNIT = "unit";
/** Keyword: required fields whose absence the API server may let pass, since Go cannot tell absent from zero. */
export const LENIENT = "lenient";

type JsonSchema = Record<string, unknown>;

const REFERENCE = "#/components/schemas/";
const TYPES: ReadonlySet<unknown> = new Set(["object", "array", "string", "integer", "number", "boolean"]);

/** The packages of Kubernetes' own types, which Go decodes and defaults. */
const GO_PACKAGES = [
  "io.k8s.api.",
  "io.k8s.apimachinery.",
  "io.k8s.apiextensions-apiserver.",
  "io.k8s.kube-aggregator.",
];

/** Fields of the whole object that Lynq writes itself, or that a form cannot have. */
const GIVEN_FIELDS: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata", "status"]);

/** Marked as required by older releases, which nevertheless take objects without them. */
const NEVER_REQUIRED: ReadonlySet<string> = new Set([
  "io.k8s.api.apps.v1.StatefulSetSpec.serviceName",
  "io.k8s.api.networking.v1.NetworkPolicySpec.podSelector",
]);

/** Units of every kind of an OpenAPI v3 document. Malformed parts become "anything goes". */
export function documentUnits(document: unknown): SchemaUnits {
  const components = isPlainObject(document) && isPlainObject(document["components"]) ? document["components"] : {};
  const schemas = isPlainObject(components["schemas"]) ? components["schemas"] : {};
  const converter = new UnitConverter();
  const kinds = new Map<string, string>();
  for (const [name, schema] of Object.entries(schemas)) {
    if (!isPlainObject(schema)) continue;
    const key = kindKey(schema["x-kubernetes-group-version-kind"]);
    if (key !== undefined) kinds.set(key, name);
    converter.add(name, schema, { root: key !== undefined, go: isGoType(name, schema) });
  }
  return unitsOf(converter, kinds);
}

function unitsOf({ units }: UnitConverter, kinds: ReadonlyMap<string, string>): SchemaUnits {
  let bytes = 0;
  for (const [name, text] of units) bytes += name.length + text.length;
  return { units, kinds, bytes };
}

function kindKey(listed: unknown): string | undefined {
  const identities = Array.isArray(listed) ? listed.filter(isPlainObject) : [];
  const [identity] = identities;
  // Several identities mean a type that every group shares, such as DeleteOptions: nobody applies those.
  if (identities.length !== 1 || identity === undefined) return undefined;
  return `${String(identity["group"])}/${String(identity["version"])}/${String(identity["kind"])}`;
}

/** Types that Go decodes refer to each other; a custom resource's schema is written out, but for its metadata. */
function isGoType(name: string, { properties }: JsonSchema): boolean {
  if (GO_PACKAGES.some(prefix => name.startsWith(prefix))) return true;
  return Object.entries(object(properties)).some(
    ([field, schema]) => field !== "metadata" && reference(schema) !== undefined,
  );
}

interface UnitKind {
  /** The whole object, whose apiVersion, kind, metadata and status are not the form's to say. */
  readonly root: boolean;
  readonly go: boolean;
}

class UnitConverter {
  readonly units = new Map<string, string>();

  add(name: string, schema: JsonSchema, { root, go }: UnitKind): void {
    const unit = wellKnown(name) ?? this.level(schema, name, go);
    if (root && isPlainObject(unit["properties"])) {
      const { properties } = unit;
      unit["properties"] = { ...properties, apiVersion: {}, kind: {}, metadata: {}, status: {} };
      unit["required"] = texts(unit["required"]).filter(field => !GIVEN_FIELDS.has(field));
    }
    this.units.set(name, JSON.stringify(unit));
  }

  /** A schema where a value stands: inline when it is small, the name of a unit when it has fields of its own. */
  private at(schema: unknown, name: string, go: boolean): JsonSchema {
    if (!isPlainObject(schema)) return {};
    const referred = reference(schema);
    if (referred !== undefined) return { [UNIT]: referred };
    const level = this.level(schema, name, go);
    if (level["properties"] === undefined) return level;
    this.units.set(name, JSON.stringify(level));
    return { [UNIT]: name };
  }

  private level(schema: JsonSchema, name: string, go: boolean): JsonSchema {
    if (schema["x-kubernetes-int-or-string"] === true || schema["format"] === "int-or-string") {
      // Its own anyOf says no more than its type.
      return { ...valueRules({ ...schema, anyOf: undefined }, go), type: ["integer", "string"] };
    }
    const { type, properties, additionalProperties, items, nullable } = schema;
    const level: JsonSchema = { ...valueRules(schema, go), ...(TYPES.has(type) ? { type } : {}) };
    const open = schema["x-kubernetes-preserve-unknown-fields"] === true || additionalProperties === true;
    if (isPlainObject(properties)) {
      level["type"] ??= "object";
      const embedded =
        schema["x-kubernetes-embedded-resource"] === true ? { apiVersion: {}, kind: {}, metadata: {} } : {};
      const fields = Object.entries(properties).map(([field, child]) => [
        field,
        this.at(child, `${name}/${field}`, go),
      ]);
      level["properties"] = { ...embedded, ...Object.fromEntries(fields) };
      // An object without any word on its fields, such as metadata of a CRD, has rules of its own.
      if (!open && !isPlainObject(additionalProperties)) level["additionalProperties"] = false;
      const required = requiredFields(schema, name, go);
      if (required.length > 0) {
        level["required"] = required;
        const lenient = lenientFields(schema, required, go);
        if (lenient.length > 0) level[LENIENT] = lenient;
      }
    }
    if (isPlainObject(additionalProperties)) {
      level["additionalProperties"] = this.at(additionalProperties, `${name}/{}`, go);
    }
    if (isPlainObject(items)) {
      level["items"] = this.at(items, `${name}/[]`, go);
      const scalar = items["type"] !== "object" && items["type"] !== "array" && TYPES.has(items["type"]);
      if (schema["x-kubernetes-list-type"] === "set" && scalar) level["uniqueItems"] = true;
    }
    if (nullable === true && typeof level["type"] === "string") level["type"] = [level["type"], "null"];
    return level;
  }
}

/** Fields that must be there before the server fills in defaults. */
function requiredFields({ required, properties }: JsonSchema, name: string, go: boolean): string[] {
  const fields = object(properties);
  return texts(required).filter(field => {
    if (NEVER_REQUIRED.has(`${name}.${field}`)) return false;
    const given = object(fields[field])["default"];
    // Every field of a Go type that is no pointer has its zero as "default".
    return given === undefined || (go && isZero(given));
  });
}

/** In Go, a missing number, flag or list is the zero one, and often allowed: only the server knows. */
function lenientFields({ properties }: JsonSchema, required: readonly string[], go: boolean): string[] {
  if (!go) return [];
  const fields = object(properties);
  return required.filter(field => {
    const { type } = object(fields[field]);
    return type !== "string" && reference(fields[field]) === undefined;
  });
}

function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === false || (isPlainObject(value) && Object.keys(value).length === 0);
}

/** What a schema asks of a value itself, its structure aside. */
function valueRules(schema: JsonSchema, go: boolean): JsonSchema {
  const rules: JsonSchema = {};
  const { pattern, format, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const words: readonly unknown[] = Array.isArray(schema["enum"]) ? schema["enum"] : [];
  // In Go, an empty text is a field that is not set.
  if (words.length > 0) rules["enum"] = go ? [...words, ""] : words;
  if (typeof pattern === "string" && isPattern(pattern)) rules["pattern"] = pattern;
  if (typeof format === "string" && VALUE_FORMATS.has(format)) rules["format"] = format;
  // OpenAPI 3.0 says by a flag whether the limit itself is allowed, JSON Schema by another number.
  if (typeof minimum === "number") rules[exclusiveMinimum === true ? "exclusiveMinimum" : "minimum"] = minimum;
  if (typeof maximum === "number") rules[exclusiveMaximum === true ? "exclusiveMaximum" : "maximum"] = maximum;
  for (const keyword of ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"]) {
    if (typeof schema[keyword] === "number") rules[keyword] = schema[keyword];
  }
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    const parts = schema[keyword];
    if (Array.isArray(parts) && !parts.some(refers)) rules[keyword] = parts.map(part => branch(part));
  }
  if (isPlainObject(schema["not"]) && !refers(schema["not"])) rules["not"] = branch(schema["not"]);
  return rules;
}

/** A schema inside of allOf, anyOf, oneOf or not: it adds rules for fields that are named outside of it, and forbids no others. */
function branch(schema: unknown): JsonSchema {
  if (!isPlainObject(schema)) return {};
  const { type, properties, required, items, additionalProperties } = schema;
  return {
    ...valueRules(schema, false),
    ...(TYPES.has(type) ? { type } : {}),
    ...(isPlainObject(properties)
      ? { properties: Object.fromEntries(Object.entries(properties).map(([field, child]) => [field, branch(child)])) }
      : {}),
    ...(texts(required).length > 0 ? { required: texts(required) } : {}),
    ...(isPlainObject(items) ? { items: branch(items) } : {}),
    ...(isPlainObject(additionalProperties) ? { additionalProperties: branch(additionalProperties) } : {}),
  };
}

/** Whether a reference is anywhere inside: such a rule is left out, and never half-applied. */
function refers(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(refers);
  if (!isPlainObject(schema)) return false;
  return typeof schema["$ref"] === "string" || Object.values(schema).some(refers);
}

/** Patterns of the API server are RE2; one that is none would make the whole schema unusable. */
function isPattern(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

/** The name behind `$ref`, or behind the `allOf` of one that carries a description or default beside it. */
function reference(schema: unknown): string | undefined {
  if (!isPlainObject(schema)) return undefined;
  const { $ref, allOf } = schema;
  if (typeof $ref === "string") {
    return $ref.startsWith(REFERENCE)
      ? $ref.slice(REFERENCE.length).replaceAll("~1", "/").replaceAll("~0", "~")
      : undefined;
  }
  return Array.isArray(allOf) && allOf.length === 1 ? reference(allOf[0]) : undefined;
}

/** Types whose own Go code reads their JSON, so that their schema says less than the truth. */
function wellKnown(name: string): JsonSchema | undefined {
  if (name.endsWith(".api.resource.Quantity")) return { type: ["string", "number"], format: "quantity" };
  if (name.endsWith(".util.intstr.IntOrString")) return { type: ["integer", "string"] };
  if (name.endsWith(".runtime.RawExtension") || name.endsWith(".meta.v1.FieldsV1")) return {};
  return undefined;
}

function object(value: unknown): JsonSchema {
  return isPlainObject(value) ? value : {};
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === "string") : [];
}
