import { Cursor } from "./cursor";
import { parseTest } from "./filter-parser";
import { type JsonPath, type Segment, type Selector } from "./json-path";
import { parseInteger, parseString } from "./literal";

/** Longer than any path that a person writes. */
const MAXIMUM_LENGTH = 1024;

/**
 * Reads a JSONPath (RFC 9535). Kinder than the RFC in two points, for the forms that the Go operator takes:
 * the leading `$` may be left out, and a name after a dot may contain `-`.
 *
 * @throws JsonPathError for anything else, for an empty path, and for `$` alone, which would ignore the whole object.
 */
export function parseJsonPath(text: string): JsonPath {
  const cursor = new Cursor(text);
  if (text === "") cursor.fail("the path is empty; write the field, for example $.spec.replicas");
  if (text.length > MAXIMUM_LENGTH) cursor.fail(`longer than ${MAXIMUM_LENGTH} characters`, MAXIMUM_LENGTH);
  if (cursor.sees("{")) cursor.fail("leave out the braces of kubectl's notation");
  if (cursor.sees("/")) cursor.fail('this looks like a JSON pointer; write "$.spec.replicas" for "/spec/replicas"');

  const bare = !cursor.accept("$") && !cursor.sees(".") && !cursor.sees("[");
  const segments = [
    ...(bare ? [{ reach: "children", selectors: [parseShorthand(cursor)] } satisfies Segment] : []),
    ...parseSegments(cursor),
  ];
  if (!cursor.atEnd) cursor.fail(`expected ".", ".." or "[", found ${cursor.found()}`);
  if (segments.length === 0)
    cursor.fail("the path names the whole object; name a field, for example $.spec.replicas", 0);
  return { text, segments };
}

/** As many steps as stand here; also those of a query inside a filter. */
export function parseSegments(cursor: Cursor): Segment[] {
  const segments: Segment[] = [];
  for (;;) {
    const before = cursor.position;
    cursor.skipBlank();
    if (cursor.accept("..")) {
      segments.push({
        reach: "descendants",
        selectors: cursor.sees("[") ? parseBrackets(cursor) : [parseShorthand(cursor)],
      });
    } else if (cursor.accept(".")) {
      segments.push({ reach: "children", selectors: [parseShorthand(cursor)] });
    } else if (cursor.sees("[")) {
      segments.push({ reach: "children", selectors: parseBrackets(cursor) });
    } else {
      cursor.position = before;
      return segments;
    }
  }
}

/** `name` or `*`, as after a dot. */
function parseShorthand(cursor: Cursor): Selector {
  if (cursor.accept("*")) return { kind: "wildcard" };
  const name = cursor.takeMatch(
    /[A-Za-z_\u0080-\u{D7FF}\u{E000}-\u{10FFFF}][-\w\u0080-\u{D7FF}\u{E000}-\u{10FFFF}]*/uy,
  );
  if (name === "")
    cursor.fail(`expected a name or "*", found ${cursor.found()}; a name with other characters goes in ['…']`);
  return { kind: "name", name };
}

function parseBrackets(cursor: Cursor): Selector[] {
  const start = cursor.position;
  cursor.expect("[", "before a selector");
  const selectors: Selector[] = [];
  do {
    cursor.skipBlank();
    selectors.push(cursor.nested(() => parseSelector(cursor)));
    cursor.skipBlank();
  } while (cursor.accept(","));
  if (cursor.atEnd) cursor.fail('this "[" has no closing "]"', start);
  cursor.expect("]", "after a selector");
  return selectors;
}

function parseSelector(cursor: Cursor): Selector {
  if (cursor.sees("'") || cursor.sees('"')) return { kind: "name", name: parseString(cursor) };
  if (cursor.accept("*")) return { kind: "wildcard" };
  if (cursor.accept("?")) {
    cursor.skipBlank();
    return { kind: "filter", test: parseTest(cursor) };
  }
  const start = parseInteger(cursor);
  const afterStart = cursor.position;
  cursor.skipBlank();
  if (cursor.accept(":")) return parseSliceAfterStart(cursor, start);
  cursor.position = afterStart;
  if (start === undefined) {
    cursor.fail(`expected a quoted name, an index, a slice, "*" or a filter "?", found ${cursor.found()}`);
  }
  return { kind: "index", index: start };
}

function parseSliceAfterStart(cursor: Cursor, start: number | undefined): Selector {
  cursor.skipBlank();
  const end = parseInteger(cursor);
  cursor.skipBlank();
  let step: number | undefined;
  if (cursor.accept(":")) {
    cursor.skipBlank();
    step = parseInteger(cursor);
  }
  return { kind: "slice", step: step ?? 1, ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}
