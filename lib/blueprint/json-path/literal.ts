import { type Cursor } from "./cursor";

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  "/": "/",
  "\\": "\\",
};

/** A quoted name or string; either quote, with JSON's escapes. The cursor stands on the quote. */
export function parseString(cursor: Cursor): string {
  const start = cursor.position;
  const quote = cursor.take();
  let text = "";
  for (;;) {
    if (cursor.atEnd) cursor.fail(`the quoted text that starts here has no closing ${quote}`, start);
    const at = cursor.position;
    const character = cursor.take();
    if (character === quote) return text;
    if (character < " ") cursor.fail("a control character must be escaped", at);
    if (/^\p{Surrogate}$/u.test(character)) cursor.fail("half of a surrogate pair", at);
    text += character === "\\" ? parseEscape(cursor, quote, at) : character;
  }
}

function parseEscape(cursor: Cursor, quote: string, at: number): string {
  const character = cursor.take();
  if (character === quote) return quote;
  if (character === "u") return parseCodePoint(cursor, at);
  return (
    (Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined) ??
    cursor.fail(`"\\${character}" is no escape sequence`, at)
  );
}

/** The digits of \uXXXX; two of them make one character beyond the basic plane. */
function parseCodePoint(cursor: Cursor, at: number): string {
  const pair = cursor.takeMatch(/[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/y);
  if (pair !== "") {
    return String.fromCharCode(Number.parseInt(pair.slice(0, 4), 16), Number.parseInt(pair.slice(6), 16));
  }
  const digits = cursor.takeMatch(/[0-9a-fA-F]{4}/y);
  if (digits === "") cursor.fail("\\u needs four hexadecimal digits", at);
  const unit = Number.parseInt(digits, 16);
  if (unit >= 0xd800 && unit <= 0xdfff) cursor.fail(`\\u${digits} is half of a surrogate pair`, at);
  return String.fromCharCode(unit);
}

/** An index or a bound of a slice, or undefined if none stands here. */
export function parseInteger(cursor: Cursor): number | undefined {
  const start = cursor.position;
  const digits = cursor.takeMatch(/-?[0-9]+/y);
  if (digits === "") return undefined;
  if (/^(-0|-?0[0-9])/.test(digits)) cursor.fail(`${digits} is no integer: leave out the leading zero`, start);
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) cursor.fail(`${digits} is out of range`, start);
  return value;
}

/** A number in a filter, or undefined if none stands here. */
export function parseNumber(cursor: Cursor): number | undefined {
  const start = cursor.position;
  const text = cursor.takeMatch(/-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/y);
  if (text === "") return undefined;
  if (/^-?0[0-9]/.test(text)) cursor.fail(`${text} is no number: leave out the leading zero`, start);
  return Number(text);
}
