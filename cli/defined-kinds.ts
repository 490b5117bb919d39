import { parse } from "yaml";
import { isPlainObject } from "../lib/blueprint/object";
import { type SchemaNode } from "../lib/blueprint/schema";
import { documentUnits, type SchemaUnits } from "../lib/blueprint/validation/schema-units";
import { convertDocument, schemaKey } from "../lib/cluster/openapi-schema";

/** A kind as its CustomResourceDefinition has it. */
export interface DefinedKind {
  /** The unit of the kind has the kind's name. */
  readonly units: SchemaUnits;
  readonly node: SchemaNode;
}

/** Kinds by name, from the texts of the project's CustomResourceDefinitions. */
export function readDefinitions(definitions: readonly string[]): ReadonlyMap<string, DefinedKind> {
  return new Map(definitions.map(readDefinition));
}

function readDefinition(definition: string): readonly [string, DefinedKind] {
  const { spec } = object(parse(definition, { merge: true }));
  const { group, names, versions } = object(spec);
  const { name: version, schema } = object(Array.isArray(versions) ? versions[0] : undefined);
  const { kind } = object(names);
  const { openAPIV3Schema } = object(schema);
  if (typeof group !== "string" || typeof version !== "string" || typeof kind !== "string") {
    throw new TypeError("this is no CustomResourceDefinition");
  }
  // As the API server publishes it.
  const identity = { group, version, kind };
  const published = { ...object(openAPIV3Schema), "x-kubernetes-group-version-kind": [identity] };
  const document = { components: { schemas: { [kind]: published } } };
  const node = convertDocument(document).get(schemaKey(identity));
  if (node === undefined) throw new TypeError(`the CustomResourceDefinition of ${kind} has no schema`);
  return [kind, { units: documentUnits(document), node }];
}

function object(value: unknown): Record<string, unknown> {
  return isPlainObject(value) ? value : {};
}
