import { GoObject } from "./sprig/object";
import { type GoValue, MissingValue } from "./value";

/** Go's truth: everything but nil, false, 0, and what has length 0. A missing variable counts as nil. */
export function isTrue(value: GoValue): boolean {
  switch (typeof value) {
    case "string":
      return value.length > 0;
    case "boolean":
      return value;
    case "bigint":
      return value !== 0n;
    case "number":
      // NaN is not zero, so it is true.
      return value !== 0;
  }
  if (value === null || value instanceof MissingValue) return false;
  if (value instanceof GoObject) return true;
  return Array.isArray(value) ? value.length > 0 : value.size > 0;
}
