import { isPlainObject } from "../object";
import { type SchemaNode } from "../schema";

/** The value as the API server would store it: without nulls and without fields that the schema does not have, which it drops. */
export function storedForm(value: unknown, schema: SchemaNode | undefined): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) return value.map(item => storedForm(item, schema.items));
  if (!isPlainObject(value)) return value;
  const { properties, additionalProperties, preserveUnknown } = schema;
  const open = preserveUnknown === true || (properties?.size ?? 0) === 0;
  const entries = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const child = properties?.get(name) ?? additionalProperties;
    if (child !== undefined) return field === null ? [] : [[name, storedForm(field, child)]];
    // An object without any word on its fields, such as metadata, has rules of its own.
    return open ? [[name, field]] : [];
  });
  return Object.fromEntries(entries);
}
