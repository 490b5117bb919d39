import Mustache from "mustache";
import { Place } from "../errors";
import { checkTag } from "./tag";

/** A part of a parsed Mustache template. */
export type MustacheNode =
  | { readonly kind: "text"; readonly text: string; readonly place: Place }
  | { readonly kind: "variable"; readonly name: string; readonly place: Place; readonly offset: number }
  | SectionNode;

export interface SectionNode {
  readonly kind: "section" | "inverted";
  readonly name: string;
  readonly place: Place;
  readonly offset: number;
  readonly body: readonly MustacheNode[];
}

/** Sections in sections; nobody writes so many, and whoever walks them calls itself. */
const maximumNesting = 400;

/** The parser looks from each tag far ahead, and from each space in a tag to the last one after it: both add up quadratically. */
const maximumWork = 10_000_000;
const manySpaces = /\s{256}/;

/**
 * Parses Mustache with the mustache package.
 * @throws TemplateSyntaxError
 */
export function parseMustache(source: string): MustacheNode[] {
  const tags = source.split("{{").length - 1;
  if (tags * source.length > maximumWork)
    throw at(source, 0).syntaxError(`${tags} tags in ${source.length} characters are too many for a Mustache template`);
  if (manySpaces.test(source)) throw at(source, 0).syntaxError("a Mustache template has at most 255 spaces in a row");
  return nodesOf(parse(source), source, 1);
}

function parse(source: string): readonly unknown[] {
  // The package's cache of parsed templates has no bound; ours has (TemplateCache).
  Mustache.templateCache = undefined;
  try {
    return Mustache.parse(source);
  } catch (error) {
    throw syntaxError(error, source);
  }
}

/** The package's errors end with an offset: `Unclosed section "a" at 12`. */
function syntaxError(error: unknown, source: string): unknown {
  if (!(error instanceof Error)) return error;
  const [, reason = error.message, offset = "0"] = /^(.*) at (\d+)$/s.exec(error.message) ?? [];
  const name = /^Unclosed section "(.*)"$/s.exec(reason)?.[1];
  const opened = name === undefined ? -1 : source.lastIndexOf(`#${name}`);
  const place = at(source, opened >= 0 ? source.lastIndexOf("{{", opened) : Math.min(Number(offset), source.length));
  return place.syntaxError(reason.charAt(0).toLowerCase() + reason.slice(1));
}

function nodesOf(tokens: readonly unknown[], source: string, depth: number): MustacheNode[] {
  return tokens.flatMap(token => nodeOf(token, source, depth));
}

function nodeOf(token: unknown, source: string, depth: number): MustacheNode[] {
  if (!Array.isArray(token)) return [];
  const [type, value, offset, , children] = token as readonly unknown[];
  if (typeof type !== "string" || typeof value !== "string" || typeof offset !== "number") return [];
  const place = at(source, offset);
  if (type === "text") return [{ kind: "text", text: value, place }];
  if (type === "!" || type === "=") return [];
  const problem = checkTag(type, value);
  if (problem !== undefined) throw place.syntaxError(problem);
  if (type !== "#" && type !== "^") return [{ kind: "variable", name: value, place, offset }];
  if (depth > maximumNesting) throw place.syntaxError("maximum nesting depth exceeded");
  const body = nodesOf(Array.isArray(children) ? children : [], source, depth + 1);
  return [{ kind: type === "#" ? "section" : "inverted", name: value, place, offset, body }];
}

function at(source: string, offset: number): Place {
  return new Place(source, offset);
}
