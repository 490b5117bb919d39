import { type FunctionContext, FunctionError, type GoMap } from "../value";
import { quoteString } from "../quote";
import { toByteString } from "./bytes";
import { type Family, fixed, variadic } from "./definition";
import { typed } from "./kinds";

import { charactersOf, isSpace } from "./runes";
import { textOfValue } from "./text-of-value";
import { wrapLines } from "./wrap-lines";

const trimAll = fixed(["string", "string"], "string", (cutset, text) => trimCharacters(text, cutset));

/** Functions on whole texts. */
export const strings: Family = {
  hello: fixed([], "string", () => "Hello!"),
  trim: fixed(["string"], "string", trimSpace),
  trimAll,
  trimall: trimAll,
  trimSuffix: fixed(["string", "string"], "string", (suffix, text) =>
    text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
  ),
  trimPrefix: fixed(["string", "string"], "string", (prefix, text) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  nospace: fixed(["string"], "string", withoutSpace),
  repeat: fixed(["int", "string"], "string", repeat),
  contains: fixed(["string", "string"], "bool", (part, text) => text.includes(part)),
  hasPrefix: fixed(["string", "string"], "bool", (prefix, text) => text.startsWith(prefix)),
  hasSuffix: fixed(["string", "string"], "bool", (suffix, text) => text.endsWith(suffix)),
  quote: variadic([], "any", "string", (values, context) =>
    joinReserved(
      values.filter(value => value !== null).map(value => quoteString(textOfValue(value, context))),
      " ",
      context,
    ),
  ),
  squote: variadic([], "any", "string", (values, context) =>
    joinReserved(
      values.filter(value => value !== null).map(value => `'${textOfValue(value, context)}'`),
      " ",
      context,
    ),
  ),
  cat: variadic([], "any", "string", (values, context) =>
    joinReserved(
      values.filter(value => value !== null).map(value => textOfValue(value, context)),
      " ",
      context,
    ),
  ),
  indent: fixed(["int", "string"], "string", indent),
  nindent: fixed(["int", "string"], "string", (spaces, text, context) => `\n${indent(spaces, text, context)}`),
  replace: fixed(["string", "string", "string"], "string", replaceAll),
  plural: fixed(["string", "string", "int"], "string", (one, many, count) => (count === 1n ? one : many)),
  wrap: fixed(["int", "string"], "string", (width, text, context) => wrapLines(text, width, "", false, context)),
  wrapWith: fixed(["int", "string", "string"], "string", (width, separator, text, context) =>
    wrapLines(text, width, separator, true, context),
  ),
  split: fixed(["string", "string"], "map[string]string", (separator, text) =>
    numbered(splitText(text, separator, -1)),
  ),
  splitn: fixed(["string", "int", "string"], "map[string]string", (separator, count, text) =>
    numbered(splitText(text, separator, count > 2n ** 31n ? -1 : Number(count))),
  ),
  splitList: fixed(["string", "string"], "[]string", (separator, text) =>
    typed(splitText(text, separator, -1), "string"),
  ),
  toString: fixed(["any"], "string", (value, context) => textOfValue(value, context)),
};

/** Joins texts after asking for the room that the result takes: a variable joined to itself doubles at each turn. */
export function joinReserved(texts: readonly string[], separator: string, context: FunctionContext): string {
  let length = separator.length * Math.max(texts.length - 1, 0);
  for (const text of texts) length += text.length;
  context.reserve(length);
  return texts.join(separator);
}

/**
 * strings.SplitN: an empty separator splits into characters; a negative limit means all, 0 gives nothing.
 */
function splitText(text: string, separator: string, limit: number): string[] {
  if (limit === 0) return [];
  const parts = separator === "" ? charactersOf(text) : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function numbered(parts: readonly string[]): GoMap {
  return typed(new Map(parts.map((part, index) => [`_${index}`, part])), "string");
}

/** A loop: a pattern for the end alone would try each run of spaces on the way. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charAt(start))) start++;
  while (end > start && isSpace(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function trimCharacters(text: string, cutset: string): string {
  const cut = new Set(cutset);
  const characters = charactersOf(text);
  let start = 0;
  let end = characters.length;
  while (start < end && cut.has(characters[start] ?? "")) start++;
  while (end > start && cut.has(characters[end - 1] ?? "")) end--;
  return characters.slice(start, end).join("");
}

/** goutils.DeleteWhiteSpace takes each byte for a character: text beyond ASCII comes out as Latin-1 if it had a space. */
function withoutSpace(text: string): string {
  const bytes = toByteString(text);
  const kept = charactersOf(bytes)
    .filter(byte => !isSpace(byte))
    .join("");
  return kept.length === bytes.length ? text : kept;
}

function repeat(count: bigint, text: string, context: FunctionContext): string {
  if (count < 0n) throw new FunctionError("the count is negative");
  if (text === "") return "";
  context.reserve(text.length * Number(count));
  return text.repeat(Number(count));
}

function indent(spaces: bigint, text: string, context: FunctionContext): string {
  if (spaces < 0n) throw new FunctionError("the number of spaces is negative");
  const lines = text.split("\n");
  context.reserve(text.length + lines.length * Number(spaces));
  const padding = " ".repeat(Number(spaces));
  return padding + lines.join(`\n${padding}`);
}

/** strings.ReplaceAll; an empty old text matches before every character and at the end. */
function replaceAll(old: string, replacement: string, text: string, context: FunctionContext): string {
  if (old === "") {
    const characters = charactersOf(text);
    context.reserve(text.length + (characters.length + 1) * replacement.length);
    return replacement + characters.map(character => character + replacement).join("");
  }
  const parts = text.split(old);
  return joinReserved(parts, replacement, context);
}
