import type { FunctionContext, GoValue } from "../value";
import { collectionType, typed } from "./kinds";
import { GoObject } from "./object";

/** Sprig's strval, which is `toString`: a text as it is, an object's own text, everything else as `%v`. */
export function textOfValue(value: GoValue, context: FunctionContext): string {
  if (typeof value === "string") return value;
  return value instanceof GoObject ? value.text() : context.print(value);
}

/**
 * Sprig's strslice, which is `toStrings`: the texts of a list without its nils; of any other value, that value's text.
 * A list of texts is given back itself, so that a nil one stays nil.
 */
export function textsOfValue(value: GoValue, context: FunctionContext): GoValue[] & string[] {
  if (isTextList(value)) return value;
  const items = value === null ? [] : Array.isArray(value) ? value : [value];
  const texts = items.filter(item => item !== null).map(item => textOfValue(item, context));
  return typed(texts, "string");
}

function isTextList(value: GoValue): value is string[] {
  return Array.isArray(value) && collectionType(value).element === "string";
}
