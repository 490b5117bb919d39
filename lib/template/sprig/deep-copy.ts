import { type FunctionContext, FunctionError, type GoMap, type GoValue } from "../value";
import { collectionType, nilList, nilMap, typed } from "./kinds";
import { GoObject } from "./object";

const MAX_DEPTH = 1000;
/** What a list or dict takes in memory, roughly, counted as text. */
const CHARACTERS_PER_COLLECTION = 16;

/**
 * A copy that shares no list and no dict with the value.
 * @throws FunctionError if the value is nested too deeply or contains itself
 */
export function copyDeep(value: GoValue, context: FunctionContext): GoValue {
  let copied = 0;
  let reserved = 1024;
  const copy = (item: GoValue, depth: number): GoValue => {
    if (typeof item !== "object" || item === null || item instanceof GoObject) return item;
    if (depth > MAX_DEPTH) throw new FunctionError("the value is nested too deeply, or contains itself");
    // Doubling steps: parts that occur twice are copied twice, which can grow without end.
    if (++copied >= reserved) {
      context.reserve(reserved * CHARACTERS_PER_COLLECTION);
      reserved *= 2;
    }
    if (Array.isArray(item)) {
      const type = collectionType(item);
      return type.nil
        ? nilList(type.element)
        : typed(
            item.map(element => copy(element, depth + 1)),
            type.element,
          );
    }
    if (!(item instanceof Map)) return item;
    const type = collectionType(item);
    if (type.nil) return nilMap();
    const map: GoMap = new Map();
    for (const [key, element] of item) map.set(key, copy(element, depth + 1));
    return typed(map, type.element);
  };
  return copy(value, 0);
}
