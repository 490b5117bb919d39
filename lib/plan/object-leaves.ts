import { fieldPath } from "../blueprint/body";
import { type Location } from "../blueprint/json-path";
import { isPlainObject } from "../blueprint/object";
import { type SchemaNode } from "../blueprint/schema";

/** A scalar, or a list or map with nothing in it. */
export interface Leaf {
  readonly value: unknown;
  readonly location: Location;
}

/**
 * Every leaf of a value, by its path as the API server names fields: `.spec.template.spec.containers[name="web"].image`. Entries of a list are named by
 * their key fields where the schema says them, or by `name` where each has one of its own, and so are the same leaf wherever they stand; else by place.
 */
export function leavesOf(value: unknown, schema?: SchemaNode): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (below: unknown, node: SchemaNode | undefined, path: string, location: Location): void => {
    if (below === undefined) return;
    if (isPlainObject(below) && Object.keys(below).length > 0) {
      for (const [key, field] of Object.entries(below)) {
        walk(field, node?.properties?.get(key) ?? node?.additionalProperties, fieldPath(path, key), [...location, key]);
      }
    } else if (Array.isArray(below) && below.length > 0) {
      const names = entryNames(below, node);
      below.forEach((item: unknown, index) => {
        walk(item, node?.items, `${path}[${names[index] ?? index}]`, [...location, index]);
      });
    } else {
      leaves.set(path, { value: below, location });
    }
  };
  walk(value, schema, "", []);
  return leaves;
}

/** What each entry is told apart by; nothing when two would have the same name. */
function entryNames(items: readonly unknown[], schema: SchemaNode | undefined): readonly string[] {
  const keys =
    schema?.listKeys ?? (items.every(item => isPlainObject(item) && typeof item["name"] === "string") ? ["name"] : []);
  const names = items.map(item =>
    keys
      .flatMap(key => (isPlainObject(item) && item[key] !== undefined ? [`${key}=${JSON.stringify(item[key])}`] : []))
      .join(","),
  );
  return names.includes("") || new Set(names).size < names.length ? [] : names;
}
