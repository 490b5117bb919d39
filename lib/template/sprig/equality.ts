import { FunctionError, type GoValue } from "../value";
import { compareText } from "./bytes";
import { collectionType, typeName } from "./kinds";
import { GoObject } from "./object";

const MAX_DEPTH = 1000;
const MAX_COMPARISONS = 200_000;

/**
 * reflect.DeepEqual, except that int and int64 are one type. Types count: a `[]string` never equals an
 * `[]interface {}`, a nil list never equals an empty one, NaN equals nothing.
 * @throws FunctionError if the values contain themselves, or are too large to compare
 */
export function deepEqual(left: GoValue, right: GoValue): boolean {
  let comparisons = 0;
  const equal = (one: GoValue, other: GoValue, depth: number): boolean => {
    if (typeof one !== "object" || one === null) return one === other;
    if (typeof other !== "object" || other === null || typeName(one) !== typeName(other)) return false;
    if (one === other) return true;
    comparisons++;
    if (depth > MAX_DEPTH || comparisons > MAX_COMPARISONS) {
      throw new FunctionError("the values are too deep or too large to compare");
    }
    if (one instanceof GoObject) return other instanceof GoObject && one.equals(other);
    if (Array.isArray(one)) {
      return (
        Array.isArray(other) &&
        one.length === other.length &&
        collectionType(one).nil === collectionType(other).nil &&
        one.every((item, index) => equal(item, other[index] ?? null, depth + 1))
      );
    }
    if (!(one instanceof Map) || !(other instanceof Map)) return false;
    if (one.size !== other.size || collectionType(one).nil !== collectionType(other).nil) return false;
    for (const [key, item] of one) {
      const counterpart = other.get(key);
      if (counterpart === undefined || !equal(item, counterpart, depth + 1)) return false;
    }
    return true;
  };
  return equal(left, right, 0);
}

/** The keys of a map in Go's order, by byte. */
export function sortedKeys(map: ReadonlyMap<string, GoValue>): string[] {
  return [...map.keys()].sort(compareText);
}
