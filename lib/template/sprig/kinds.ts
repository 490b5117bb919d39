import { type GoMap, type GoValue, MissingValue } from "../value";
import { GoObject } from "./object";

/** Go's element types that a list or map can be restricted to; everything else is `interface {}`. */
export type ElementType = "string" | "int" | "[]interface {}" | "interface {}";

interface CollectionType {
  readonly element: ElementType;
  /** Go's nil slice or map: empty, but `null` in JSON, and a nil map takes no keys. */
  readonly nil: boolean;
}

const plain: CollectionType = { element: "interface {}", nil: false };

// Beside the values, not in them: a list stays a plain Array and a map a plain Map for everyone else.
const collectionTypes = new WeakMap<GoValue[] | GoMap, CollectionType>();

/** Marks a list or map as holding one element type (`[]string`, `map[string]string`); returns it. */
export function typed<T extends GoValue[] | GoMap>(collection: T, element: ElementType): T {
  // A weak entry for each of a million dicts would keep the garbage collector busy for seconds.
  if (element !== plain.element) collectionTypes.set(collection, { element, nil: false });
  return collection;
}

/** A nil slice: prints and ranges as an empty list, encodes to JSON as `null`. */
export function nilList(element: ElementType = "interface {}"): GoValue[] {
  const list: GoValue[] = [];
  collectionTypes.set(list, { element, nil: true });
  return list;
}

/** A nil map, which a template gets by giving nil where a dict is wanted. */
export function nilMap(): GoMap {
  const map: GoMap = new Map();
  collectionTypes.set(map, { element: "interface {}", nil: true });
  return map;
}

export function collectionType(collection: GoValue[] | GoMap): CollectionType {
  return collectionTypes.get(collection) ?? plain;
}

/** Go's name of the value's type, as `%T` prints it: int (also for int64, which is the same type here), `[]string`, `<nil>`. */
export function typeName(value: GoValue): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "bigint":
      return "int";
    case "number":
      return "float64";
    case "boolean":
      return "bool";
    default:
      if (value === null || value instanceof MissingValue) return "<nil>";
      if (value instanceof GoObject) return value.typeName;
      if (Array.isArray(value)) return `[]${collectionType(value).element}`;
      return `map[string]${collectionType(value).element}`;
  }
}

/** Go's kind of the value, as reflect names it: string, int, float64, bool, slice, map, struct, ptr, invalid for nil. */
export function kindName(value: GoValue): string {
  if (value === null || value instanceof MissingValue) return "invalid";
  if (typeof value !== "object") return typeName(value);
  if (value instanceof GoObject) return value.kindName;
  return Array.isArray(value) ? "slice" : "map";
}

/** A dict: a map, and no object such as a time, which is a Map only by inheritance. */
export function isMap(value: GoValue): value is GoMap {
  return value instanceof Map && !(value instanceof GoObject);
}

/** Sprig's `empty`: nil, false, 0, and whatever has length 0; never an object. */
export function isEmpty(value: GoValue): boolean {
  switch (typeof value) {
    case "string":
      return value === "";
    case "bigint":
      return value === 0n;
    case "number":
      return value === 0;
    case "boolean":
      return !value;
    default:
      if (value === null || value instanceof MissingValue) return true;
      if (value instanceof GoObject) return false;
      return Array.isArray(value) ? value.length === 0 : value.size === 0;
  }
}
