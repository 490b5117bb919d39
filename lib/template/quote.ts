import { isPrintable, isValidCodePoint } from "./characters";
import { fromByteString, hasInvalidBytes } from "./sprig/bytes";

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
]);
const escapeLengths: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

interface UnquotedCharacter {
  readonly codePoint: number;
  /** `\xff` and `\377` are bytes, not characters. */
  readonly isByte: boolean;
  readonly length: number;
}

/** The character or escape at the offset, as Go's strconv.UnquoteChar; undefined if it is no valid one. */
function unquoteCharacter(text: string, offset: number, quote: string): UnquotedCharacter | undefined {
  const codePoint = text.codePointAt(offset);
  if (codePoint === undefined || text[offset] === quote || codePoint === 0x0a) return undefined;
  if (text[offset] !== "\\") return { codePoint, isByte: false, length: codePoint > 0xffff ? 2 : 1 };
  const escape = text[offset + 1];
  if (escape === undefined) return undefined;
  const simple = escape === quote ? quote : simpleEscapes.get(escape);
  if (simple !== undefined) return { codePoint: simple.charCodeAt(0), isByte: false, length: 2 };
  const hexLength = escapeLengths.get(escape);
  if (hexLength !== undefined) {
    const digits = text.slice(offset + 2, offset + 2 + hexLength);
    if (digits.length !== hexLength || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
    const value = parseInt(digits, 16);
    if (escape !== "x" && !isValidCodePoint(value)) return undefined;
    return { codePoint: value, isByte: escape === "x", length: 2 + hexLength };
  }
  const octal = /^[0-7]{3}/.exec(text.slice(offset + 1, offset + 4))?.[0];
  const value = octal === undefined ? 256 : parseInt(octal, 8);
  return value > 255 ? undefined : { codePoint: value, isByte: true, length: 4 };
}

/** The value of a quoted or raw string literal, its quotes included; undefined if the literal is not valid Go. */
export function unquoteString(literal: string): string | undefined {
  if (literal.startsWith("`")) return literal.slice(1, -1).replaceAll("\r", "");
  if (!literal.includes("\\")) return literal.slice(1, -1);
  let text = "";
  // Bytes in a row may form one character, so they are joined before they are decoded.
  let bytes = "";
  for (let offset = 1; offset < literal.length - 1; ) {
    const character = unquoteCharacter(literal, offset, '"');
    if (character === undefined) return undefined;
    if (character.isByte) bytes += String.fromCharCode(character.codePoint);
    else {
      text += fromByteString(bytes) + String.fromCodePoint(character.codePoint);
      bytes = "";
    }
    offset += character.length;
  }
  return text + fromByteString(bytes);
}

/** The code point of a character literal such as `'a'` or `'\n'`, its quotes included; undefined if it is not valid Go. */
export function unquoteCharacterLiteral(literal: string): number | undefined {
  const character = unquoteCharacter(literal, 1, "'");
  return character !== undefined && 1 + character.length === literal.length - 1 ? character.codePoint : undefined;
}

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x0c, "\\f"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x09, "\\t"],
  [0x0b, "\\v"],
]);

function escapeCharacter(codePoint: number, quote: string, asciiOnly: boolean): string {
  const character = String.fromCodePoint(codePoint);
  if (character === quote || character === "\\") return `\\${character}`;
  if (isPrintable(codePoint) && !(asciiOnly && codePoint >= 0x80)) return character;
  const short = shortEscapes.get(codePoint);
  if (short !== undefined) return short;
  const hex = codePoint.toString(16);
  if (codePoint < 0x20 || codePoint === 0x7f) return `\\x${hex.padStart(2, "0")}`;
  return codePoint < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** A Go string literal with the text's value, as `%q` prints it. */
export function quoteString(text: string, asciiOnly = false): string {
  let quoted = '"';
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    // A byte that is no UTF-8 is kept as a lone surrogate (sprig/bytes.ts).
    if (codePoint >= 0xdc80 && codePoint <= 0xdcff) quoted += `\\x${(codePoint - 0xdc00).toString(16)}`;
    else quoted += escapeCharacter(codePoint, '"', asciiOnly);
  }
  return `${quoted}"`;
}

/** A Go character literal, as `%q` prints an integer; what is no character becomes U+FFFD. */
export function quoteCharacter(codePoint: number, asciiOnly = false): string {
  return `'${escapeCharacter(isValidCodePoint(codePoint) ? codePoint : 0xfffd, "'", asciiOnly)}'`;
}

/** True if the text can stand between backquotes unchanged, as Go's strconv.CanBackquote. */
export function canBackquote(text: string): boolean {
  return !hasInvalidBytes(text) && !/[\u0000-\u0008\u000a-\u001f`\u007f\ufeff]/.test(text);
}
