import { type Scalar } from "yaml";
import { type Position } from "../../lib/template/position";

interface Character {
  /** What the file's characters stand for: one UTF-16 unit, or two for an escape beyond U+FFFF. */
  readonly decoded: string;
  readonly offset: number;
}

const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
};

/**
 * Offset in the file of a place in the text of a scalar: quotes, escapes, folding and indentation are seen through.
 * White space is what YAML rearranges, so places are told by the characters that are none.
 *
 * @returns undefined when the place cannot be told
 */
export function offsetInScalar(file: string, scalar: Scalar, place: Position): number | undefined {
  const { range, value, type } = scalar;
  if (range === undefined || range === null || typeof value !== "string") return undefined;
  const [start, end] = range;
  const characters = [...decode(file.slice(start, end), type)].filter(({ decoded }) => /\S/.test(decoded));
  // A wrong place is worse than none.
  if (characters.map(({ decoded }) => decoded).join("") !== value.replace(/\s+/g, "")) return undefined;
  const before = value.slice(0, offsetAt(value, place)).replace(/\s+/g, "").length;
  let passed = 0;
  for (const { decoded, offset } of characters) {
    if (passed >= before) return start + offset;
    passed += decoded.length;
  }
  const last = characters.at(-1);
  return last === undefined ? undefined : start + last.offset + 1;
}

/** UTF-16 offset of a line and column. */
function offsetAt(text: string, { line, column }: Position): number {
  let start = 0;
  for (let passed = 1; passed < line; passed++) {
    const newline = text.indexOf("\n", start);
    if (newline < 0) return text.length;
    start = newline + 1;
  }
  const before = Array.from(text.slice(start, start + 2 * column))
    .slice(0, column - 1)
    .join("");
  return start + before.length;
}

function* decode(source: string, type: Scalar["type"]): Generator<Character> {
  if (type === "QUOTE_DOUBLE") yield* decodeDoubleQuoted(source);
  else if (type === "QUOTE_SINGLE") {
    for (let offset = 1; offset < source.length - 1; offset++) {
      yield { decoded: source.charAt(offset), offset };
      if (source.startsWith("''", offset)) offset++;
    }
  } else {
    const block = type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED";
    // The first line of a block scalar is its header: `|`, `>-`.
    const first = block ? source.indexOf("\n") + 1 : 0;
    for (let offset = first; offset < source.length; offset++) yield { decoded: source.charAt(offset), offset };
  }
}

function* decodeDoubleQuoted(source: string): Generator<Character> {
  for (let offset = 1; offset < source.length - 1; offset++) {
    const character = source.charAt(offset);
    if (character !== "\\") {
      yield { decoded: character, offset };
      continue;
    }
    const letter = source.charAt(offset + 1);
    const digits = { x: 2, u: 4, U: 8 }[letter] ?? 0;
    const decoded =
      digits === 0
        ? (escapes[letter] ?? letter)
        : String.fromCodePoint(Number.parseInt(source.slice(offset + 2, offset + 2 + digits), 16));
    yield { decoded, offset };
    offset += 1 + digits;
  }
}
