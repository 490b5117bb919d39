/** One copy of each text that thousands of parsed objects have in common: JSON.parse makes a new one every time. */

import { isPlainObject } from "./object";

/** Texts in each generation. What is not asked for while as many others are is forgotten. */
const GENERATION = 2_000;
/** Longer texts are rarely the same. */
const LONGEST = 128;

let young = new Map<string, string>();
let old = new Map<string, string>();

/** The same text; equal ones are the same string in memory, as long as they are asked for often enough. */
export function interned(text: string): string {
  if (text.length > LONGEST) return text;
  const known = young.get(text);
  if (known !== undefined) return known;
  const kept = old.get(text) ?? text;
  if (young.size >= GENERATION) {
    old = young;
    young = new Map();
  }
  young.set(kept, kept);
  return kept;
}

/** Interns every text in a parsed value, in place. Keys of objects are interned by the engine. */
export function internTexts(value: unknown): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (typeof item === "string") value[index] = interned(item);
      else internTexts(item);
    }
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === "string") value[key] = interned(item);
      else internTexts(item);
    }
  }
}
