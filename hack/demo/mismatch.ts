import { isPlainObject } from "../../lib/blueprint/object";

const shown = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));

/**
 * Where `actual` differs from `expected`, in words; undefined when it does not. Fields of objects that `expected` does not name may be
 * anything, the items of arrays must all be there, and a field that is expected as undefined must be absent.
 */
export function mismatch(actual: unknown, expected: unknown, path = ""): string | undefined {
  if (expected instanceof RegExp) {
    if (typeof actual === "string" && expected.test(actual)) return undefined;
    return `${path} is ${shown(actual)}, not like ${String(expected)}`;
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${path} is ${shown(actual)}, not a list`;
    if (actual.length !== expected.length) return `${path} has ${actual.length} items, not ${expected.length}`;
    return expected
      .map((item, index) => mismatch(actual[index], item, `${path}[${index}]`))
      .find(found => found !== undefined);
  }
  if (isPlainObject(expected)) {
    if (!isPlainObject(actual)) return `${path || "the object"} is ${shown(actual)}`;
    return Object.entries(expected)
      .map(([field, value]) => mismatch(actual[field], value, `${path}.${field}`))
      .find(found => found !== undefined);
  }
  return Object.is(actual, expected) ? undefined : `${path} is ${shown(actual)}, not ${shown(expected)}`;
}
