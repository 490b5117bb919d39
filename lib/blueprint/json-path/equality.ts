import { isPlainObject } from "../object";

/** Whether two JSON values are equal; the order of an object's fields does not matter, and an undefined field is none. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index]));
  }
  if (!isPlainObject(left) || !isPlainObject(right)) return false;
  const names = definedFields(left);
  return (
    names.length === definedFields(right).length &&
    names.every(name => Object.hasOwn(right, name) && isEqual(left[name], right[name]))
  );
}

function definedFields(object: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(object).filter(name => object[name] !== undefined);
}
