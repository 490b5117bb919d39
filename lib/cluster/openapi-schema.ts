/** Turns the components of one OpenAPI v3 document into compact schema nodes that share what they refer to. */

import { isPlainObject } from "../blueprint/object";
import { type SchemaNode, type SchemaType } from "../blueprint/schema";

type Draft = { -readonly [Field in keyof SchemaNode]: SchemaNode[Field] };

const REFERENCE = "#/components/schemas/";
const TYPES: ReadonlySet<string> = new Set<SchemaType>(["object", "array", "string", "integer", "number", "boolean"]);

/** Schemas of every kind of a document, by `group/version/kind`; see `schemaKey`. Malformed parts become "anything goes". */
export function convertDocument(document: unknown): ReadonlyMap<string, SchemaNode> {
  const components = isPlainObject(document) && isPlainObject(document.components) ? document.components : {};
  const schemas = isPlainObject(components.schemas) ? components.schemas : {};
  const converter = new Converter(schemas);
  const kinds = new Map<string, SchemaNode>();
  for (const [name, schema] of Object.entries(schemas)) {
    if (!isPlainObject(schema)) continue;
    const listed = schema["x-kubernetes-group-version-kind"];
    const identities = Array.isArray(listed) ? listed.filter(isPlainObject) : [];
    // Several identities mean a type that every group shares, such as DeleteOptions: nobody applies those.
    const [identity] = identities;
    if (identities.length !== 1 || identity === undefined) continue;
    const { group, version, kind } = identity;
    if (typeof group !== "string" || typeof version !== "string" || typeof kind !== "string") continue;
    if (isListOf(kind, schema)) continue;
    kinds.set(schemaKey({ group, version, kind }), converter.component(name));
  }
  return kinds;
}

export function schemaKey(gvk: { group: string; version: string; kind: string }): string {
  return `${gvk.group}/${gvk.version}/${gvk.kind}`;
}

function isListOf(kind: string, schema: Record<string, unknown>): boolean {
  return kind.endsWith("List") && isPlainObject(schema.properties) && isPlainObject(schema.properties.items);
}

class Converter {
  private readonly converted = new Map<string, Draft>();

  constructor(private readonly schemas: Readonly<Record<string, unknown>>) {}

  component(name: string): SchemaNode {
    const known = this.converted.get(name);
    if (known !== undefined) return known;
    const draft: Draft = {};
    // Known before it is filled: a schema that refers to itself finds this node.
    this.converted.set(name, draft);
    const scalar = wellKnown(name);
    if (scalar !== undefined) Object.assign(draft, scalar);
    else this.fill(draft, this.schemas[name]);
    return draft;
  }

  private node(schema: unknown): SchemaNode {
    const name = referenced(schema);
    if (name !== undefined) return this.component(name);
    const draft: Draft = {};
    this.fill(draft, schema);
    return draft;
  }

  private fill(draft: Draft, schema: unknown): void {
    if (!isPlainObject(schema)) {
      draft.preserveUnknown = true;
      return;
    }
    const alias = referenced(schema);
    if (alias !== undefined) {
      Object.assign(draft, this.component(alias));
      return;
    }
    if (schema["x-kubernetes-int-or-string"] === true || schema.format === "int-or-string") {
      draft.intOrString = true;
      return;
    }
    if (schema["x-kubernetes-preserve-unknown-fields"] === true) draft.preserveUnknown = true;
    if (isSchemaType(schema.type)) draft.type = schema.type;
    if (isPlainObject(schema.properties)) {
      draft.type ??= "object";
      const properties = new Map<string, SchemaNode>();
      for (const [field, child] of Object.entries(schema.properties)) properties.set(field, this.node(child));
      draft.properties = properties;
    }
    if (isPlainObject(schema.additionalProperties)) {
      draft.type ??= "object";
      draft.additionalProperties = this.node(schema.additionalProperties);
    } else if (schema.additionalProperties === true) draft.preserveUnknown = true;
    if (isPlainObject(schema.items)) {
      draft.type ??= "array";
      draft.items = this.node(schema.items);
    }
    const keys = schema["x-kubernetes-list-map-keys"];
    if (Array.isArray(keys)) draft.listKeys = keys.filter(key => typeof key === "string");
    if (draft.type === undefined) draft.preserveUnknown = true;
  }
}

/** The name behind `$ref`, or behind the `allOf` of one that carries a description or default beside it. */
function referenced(schema: unknown): string | undefined {
  if (!isPlainObject(schema)) return undefined;
  if (typeof schema.$ref === "string") {
    return schema.$ref.startsWith(REFERENCE) ? decodePointer(schema.$ref.slice(REFERENCE.length)) : undefined;
  }
  return Array.isArray(schema.allOf) && schema.allOf.length === 1 ? referenced(schema.allOf[0]) : undefined;
}

function decodePointer(name: string): string {
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Types whose own Go code reads their JSON, so that their schema says less than the truth. */
function wellKnown(name: string): SchemaNode | undefined {
  // "1" and 1 are the same quantity, and text is the form that the server writes.
  if (name.endsWith(".api.resource.Quantity")) return { type: "string" };
  if (name.endsWith(".util.intstr.IntOrString")) return { intOrString: true };
  if (name.endsWith(".runtime.RawExtension")) return { type: "object", preserveUnknown: true };
  if (name.endsWith(".meta.v1.FieldsV1")) return { type: "object", preserveUnknown: true };
  return undefined;
}

function isSchemaType(value: unknown): value is SchemaType {
  return typeof value === "string" && TYPES.has(value);
}
