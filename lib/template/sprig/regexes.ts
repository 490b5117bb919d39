import { type FunctionContext, FunctionError, type GoValue } from "../value";
import { type Family, fixed } from "./definition";
import { nilList, typed } from "./kinds";
import { Pattern } from "./pattern";

const findAll = fixed(["string", "string", "int"], "[]string", (source, text, limit, context) => {
  const matches = Pattern.compile(source).findAll(text, clampLimit(limit));
  context.reserve(2 * matches.length);
  return textList(matches.map(({ start, end }) => text.slice(start, end)));
});
const find = fixed(["string", "string"], "string", (source, text) => Pattern.compile(source).find(text));
const replaceAll = fixed(["string", "string", "string"], "string", (source, text, template, context) => {
  const pattern = Pattern.compile(source);
  return pattern.replaceAll(text, match => pattern.expand(template, match), roomFor(text, context));
});
const replaceAllLiteral = fixed(["string", "string", "string"], "string", (source, text, replacement, context) =>
  Pattern.compile(source).replaceAll(text, () => replacement, roomFor(text, context)),
);
const split = fixed(["string", "string", "int"], "[]string", (source, text, limit, context) => {
  const parts = Pattern.compile(source).split(source, text, clampLimit(limit));
  context.reserve(2 * (parts?.length ?? 0));
  return parts === undefined ? nilList("string") : typed<GoValue[]>(parts, "string");
});

/** Regular expressions, RE2 syntax. A malformed one fails the render, except in regexMatch, where it matches nothing. */
export const regexes: Family = {
  regexMatch: fixed(["string", "string"], "bool", (source, text) => {
    try {
      return Pattern.compile(source).matches(text);
    } catch (error) {
      if (error instanceof FunctionError) return false;
      throw error;
    }
  }),
  mustRegexMatch: fixed(["string", "string"], "bool", (source, text) => Pattern.compile(source).matches(text)),
  regexFindAll: findAll,
  mustRegexFindAll: findAll,
  regexFind: find,
  mustRegexFind: find,
  regexReplaceAll: replaceAll,
  mustRegexReplaceAll: replaceAll,
  regexReplaceAllLiteral: replaceAllLiteral,
  mustRegexReplaceAllLiteral: replaceAllLiteral,
  regexSplit: split,
  mustRegexSplit: split,
  regexQuoteMeta: fixed(["string"], "string", text => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
};

function textList(texts: string[]): GoValue[] {
  return texts.length === 0 ? nilList("string") : typed<GoValue[]>(texts, "string");
}

function clampLimit(limit: bigint): number {
  return limit < 0n ? -1 : Number(limit);
}

function roomFor(text: string, context: FunctionContext): (characters: number) => void {
  return characters => {
    context.reserve(text.length + characters);
  };
}
