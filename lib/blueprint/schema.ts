/** The structure of a kind, as far as typing a rendered leaf and checking a field name need it. */

export type SchemaType = "object" | "array" | "string" | "integer" | "number" | "boolean";

/** Recursive schemas are recursive nodes: never walk one without a value or a path that ends. */
export interface SchemaNode {
  /** Absent where anything goes, and with intOrString. */
  readonly type?: SchemaType;
  /** Both an integer and text are right. */
  readonly intOrString?: true;
  readonly properties?: ReadonlyMap<string, SchemaNode>;
  /** Schema of the values of a map. */
  readonly additionalProperties?: SchemaNode;
  readonly items?: SchemaNode;
  /** Fields that tell the entries of a list apart (`x-kubernetes-list-map-keys`). */
  readonly listKeys?: readonly string[];
  /** Fields that are not named here are kept as they are. */
  readonly preserveUnknown?: true;
}
