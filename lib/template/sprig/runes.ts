/** Go's `unicode` package, one character (code point) at a time: simple case mappings, no context, no expansion. */

const SPACE = /^\p{White_Space}$/u;
const UPPER = /^\p{Lu}$/u;
const LOWER = /^\p{Ll}$/u;
const TITLE = /^\p{Lt}$/u;
const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;
const NUMBER = /^\p{N}$/u;
const PUNCTUATION = /^\p{P}$/u;

export const isSpace = (character: string): boolean => SPACE.test(character);
export const isUpper = (character: string): boolean => UPPER.test(character);
export const isLower = (character: string): boolean => LOWER.test(character);
export const isTitle = (character: string): boolean => TITLE.test(character);
export const isLetter = (character: string): boolean => LETTER.test(character);
export const isDigit = (character: string): boolean => DIGIT.test(character);
export const isNumber = (character: string): boolean => NUMBER.test(character);
export const isPunctuation = (character: string): boolean => PUNCTUATION.test(character);

// Greek letters with iota subscript: one character in Go, two in JavaScript's full mapping.
const GREEK_IOTA = /^[\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7]$/u;
const GREEK_IOTA_PLAIN: ReadonlyMap<string, string> = new Map([
  ["\u1fb3", "\u1fbc"],
  ["\u1fc3", "\u1fcc"],
  ["\u1ff3", "\u1ffc"],
]);
// The Croatian digraphs have title forms of their own: each triple is upper, title, lower.
const DIGRAPH = /^[\u01c4-\u01cc\u01f1-\u01f3]$/u;
const GEORGIAN = /^[\u10d0-\u10fa\u10fd-\u10ff]$/u;

export function toUpper(character: string): string {
  if (GREEK_IOTA.test(character)) return String.fromCodePoint((character.codePointAt(0) ?? 0) + 8);
  const plain = GREEK_IOTA_PLAIN.get(character);
  return plain ?? oneCharacter(character.toUpperCase(), character);
}

export function toLower(character: string): string {
  return character === "\u0130" ? "i" : oneCharacter(character.toLowerCase(), character);
}

export function toTitle(character: string): string {
  if (GEORGIAN.test(character)) return character;
  if (DIGRAPH.test(character)) {
    const code = character.codePointAt(0) ?? 0;
    const first = code >= 0x1f1 ? 0x1f1 : 0x1c4;
    return String.fromCodePoint(code - ((code - first) % 3) + 1);
  }
  return toUpper(character);
}

function oneCharacter(mapped: string, original: string): string {
  return charactersOf(mapped).length === 1 ? mapped : original;
}

/** The characters (code points) of a text, as `for range` goes over a Go string. */
export function charactersOf(text: string): string[] {
  return Array.from(text);
}
