/** The parts of a CustomResourceDefinition's OpenAPI schema that decide a TypeScript type, read from YAML. */

import { parse } from "yaml";

export interface Schema {
  /** Name of the interface or type made from this schema. */
  title?: string;
  description: string;
  /** `int-or-string` for `x-kubernetes-int-or-string`, which has no type of its own. */
  type: string;
  format?: string;
  enum?: string[];
  default?: unknown;
  required: string[];
  properties?: Map<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  preservesUnknownFields: boolean;
}

export interface CustomResource {
  kind: string;
  spec: Schema;
  status: Schema;
}

/** What a CRD says of spec and status. Throws where a field has no description or type. */
export function readCustomResource(yaml: string): CustomResource {
  const document = asObject(parse(yaml, { merge: true }), "document");
  const spec = asObject(document.spec, "spec");
  const kind = asString(asObject(spec.names, "spec.names").kind, "spec.names.kind");
  const versions = asArray(spec.versions, "spec.versions");
  const version = asObject(versions[0], "spec.versions[0]");
  if (versions.length !== 1) {
    throw new Error(`${kind}: expected one version, found ${versions.length}`);
  }
  const root = asObject(asObject(version.schema, `${kind}: schema`).openAPIV3Schema, `${kind}: openAPIV3Schema`);
  const properties = asObject(root.properties, `${kind}: properties`);
  return {
    kind,
    spec: readSchema(properties.spec, `${kind}.spec`),
    status: readSchema(properties.status, `${kind}.status`),
  };
}

function readSchema(value: unknown, path: string): Schema {
  const source = asObject(value, path);
  const schema: Schema = {
    description: asString(source.description, `${path}: description`),
    type: source["x-kubernetes-int-or-string"] === true ? "int-or-string" : asString(source.type, `${path}: type`),
    required: source.required === undefined ? [] : asStrings(source.required, `${path}: required`),
    preservesUnknownFields: source["x-kubernetes-preserve-unknown-fields"] === true,
    default: source.default,
  };
  if (source.title !== undefined) schema.title = asString(source.title, `${path}: title`);
  if (source.format !== undefined) schema.format = asString(source.format, `${path}: format`);
  if (source.enum !== undefined) schema.enum = asStrings(source.enum, `${path}: enum`);
  if (source.items !== undefined) schema.items = readSchema(source.items, `${path}[]`);
  if (source.additionalProperties !== undefined) {
    schema.additionalProperties = readSchema(source.additionalProperties, `${path}{}`);
  }
  if (source.properties !== undefined) {
    const properties = Object.entries(asObject(source.properties, path));
    schema.properties = new Map(properties.map(([name, child]) => [name, readSchema(child, `${path}.${name}`)]));
  }
  return schema;
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${path}: expected an object`);
  }
  return Object.fromEntries(Object.entries(value));
}

function asArray(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${path}: expected a list`);
  return value.map((item: unknown) => item);
}

function asString(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw new Error(`${path}: expected a text`);
  return value;
}

function asStrings(value: unknown, path: string): string[] {
  return asArray(value, path).map((item, index) => asString(item, `${path}[${index}]`));
}
