import { type Matcher, RE2JS, RE2JSException } from "re2js";
import { FunctionError } from "../value";
import { isDigit, isLetter } from "./runes";

const CACHE_SIZE = 200;
const MAX_CACHED_LENGTH = 2000;
/** A search for many matches can scan the rest of the text for each of them, and Go sets no bound. */
const MAX_MILLISECONDS = 1000;

/** Start and end of a match, in UTF-16 units, and of its groups; -1 for a group that took no part. */
interface Match {
  readonly start: number;
  readonly end: number;
  group(nameOrNumber: string | number): string;
}

const cache = new Map<string, Pattern>();

/**
 * A regular expression of Go's regexp package: RE2 syntax, matched in linear time; the loops over all matches follow
 * Go in what they do with empty matches.
 */
export class Pattern {
  private constructor(private readonly expression: RE2JS) {}

  /** @throws FunctionError if the expression is malformed; the message does not quote it */
  static compile(source: string): Pattern {
    const cached = cache.get(source);
    if (cached !== undefined) return cached;
    const pattern = new Pattern(parse(source));
    const [oldest] = cache.keys();
    if (cache.size >= CACHE_SIZE && oldest !== undefined) cache.delete(oldest);
    if (source.length <= MAX_CACHED_LENGTH) cache.set(source, pattern);
    return pattern;
  }

  matches(text: string): boolean {
    return this.expression.matcher(text).find();
  }

  find(text: string): string {
    const matcher = this.expression.matcher(text);
    return matcher.find() ? text.slice(matcher.start(), matcher.end()) : "";
  }

  /** Regexp.FindAllStringIndex: at most `limit` matches, all if it is negative. An empty match right behind a match is skipped. */
  findAll(text: string, limit: number): { start: number; end: number }[] {
    const found: { start: number; end: number }[] = [];
    const matcher = this.expression.matcher(text);
    const deadline = new Deadline();
    let previousEnd = -1;
    for (let position = 0; (limit < 0 || found.length < limit) && position <= text.length; ) {
      deadline.check();
      if (!matcher.find(position)) break;
      const start = matcher.start();
      const end = matcher.end();
      const accepted = end !== position || start !== previousEnd;
      position = end === position ? position + Math.max(characterWidth(text, position), 1) : end;
      previousEnd = end;
      if (accepted) found.push({ start, end });
    }
    return found;
  }

  /** Regexp.ReplaceAllString, with the replacement made per match. */
  replaceAll(text: string, replace: (match: Match) => string, room: (characters: number) => void): string {
    const matcher = this.expression.matcher(text);
    const deadline = new Deadline();
    const parts: string[] = [];
    let length = 0;
    let lastEnd = 0;
    for (let position = 0; position <= text.length; ) {
      deadline.check();
      if (!matcher.find(position)) break;
      const start = matcher.start();
      const end = matcher.end();
      parts.push(text.slice(lastEnd, start));
      if (end > lastEnd || start === 0) {
        const replacement = replace({ start, end, group: key => groupOf(matcher, key) });
        length += replacement.length;
        room(length);
        parts.push(replacement);
      }
      lastEnd = end;
      const next = position + characterWidth(text, position);
      position = next > end ? next : position + 1 > end ? position + 1 : end;
    }
    parts.push(text.slice(lastEnd));
    return parts.join("");
  }

  /** Regexp.Split: the texts between the matches, at most `limit` of them, all if it is negative. */
  split(source: string, text: string, limit: number): string[] | undefined {
    if (limit === 0) return undefined;
    if (source !== "" && text === "") return [""];
    const parts: string[] = [];
    let begin = 0;
    let end = 0;
    for (const match of this.findAll(text, limit)) {
      if (limit > 0 && parts.length >= limit - 1) break;
      end = match.start;
      if (match.end !== 0) parts.push(text.slice(begin, end));
      begin = match.end;
    }
    if (end !== text.length) parts.push(text.slice(begin));
    return parts;
  }

  /** Regexp.Expand: `$1`, `${1}`, `$name`, `${name}`, `$$`; a name is as long as it can be, so `$1x` is the group "1x". */
  expand(template: string, match: Match): string {
    let expanded = "";
    let rest = template;
    for (;;) {
      const dollar = rest.indexOf("$");
      if (dollar < 0) return expanded + rest;
      expanded += rest.slice(0, dollar);
      rest = rest.slice(dollar + 1);
      if (rest.startsWith("$")) {
        expanded += "$";
        rest = rest.slice(1);
        continue;
      }
      const reference = readReference(rest);
      if (reference === undefined) {
        expanded += "$";
        continue;
      }
      rest = rest.slice(reference.length);
      expanded += match.group(reference.key);
    }
  }
}

function parse(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    // The library's full message quotes the expression, which may come from a row.
    const description =
      "getDescription" in error && typeof error.getDescription === "function" ? error.getDescription : undefined;
    const reason: unknown = description?.call(error);
    throw new FunctionError(`error parsing regexp${typeof reason === "string" ? `: ${reason}` : ""}`);
  }
}

/** The text of a group; empty for one that is not there or took no part, as in Go's Expand. */
function groupOf(matcher: Matcher, key: string | number): string {
  if (typeof key === "number" && key > matcher.groupCount()) return "";
  if (typeof key === "string" && !Object.hasOwn(matcher.namedGroups, key)) return "";
  return matcher.group(key) ?? "";
}

function readReference(text: string): { key: string | number; length: number } | undefined {
  const brace = text.startsWith("{");
  let name = "";
  for (const character of brace ? text.slice(1) : text) {
    if (character !== "_" && !isLetter(character) && !isDigit(character)) break;
    name += character;
  }
  if (name === "" || (brace && text[name.length + 1] !== "}")) return undefined;
  const isNumber = /^(0|[1-9][0-9]{0,8})$/.test(name);
  return { key: isNumber ? Number(name) : name, length: name.length + (brace ? 2 : 0) };
}

function characterWidth(text: string, position: number): number {
  const code = text.codePointAt(position);
  return code === undefined ? 0 : code > 0xffff ? 2 : 1;
}

class Deadline {
  private readonly end = performance.now() + MAX_MILLISECONDS;
  private checks = 0;

  check(): void {
    if ((++this.checks & 63) === 0 && performance.now() > this.end) {
      throw new FunctionError(`the expression takes longer than ${MAX_MILLISECONDS} ms on this text`);
    }
  }
}
