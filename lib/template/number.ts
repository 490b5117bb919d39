import { unquoteCharacterLiteral } from "./quote";

/** A number literal under each type that can hold it: Go's ideal constants. */
export interface NumberLiteral {
  /** As written. */
  readonly text: string;
  /** int64. */
  readonly integer?: bigint;
  /** uint64. */
  readonly unsigned?: bigint;
  readonly float?: number;
}

const maxInt64 = (1n << 63n) - 1n;
const minInt64 = -(1n << 63n);
const maxUint64 = (1n << 64n) - 1n;

/** Thrown for a literal that is no number; the parser adds the place. */
export class NumberSyntaxError extends Error {
  override readonly name = "NumberSyntaxError";
}

/** The value of a character literal. */
export function parseCharacterLiteral(text: string): NumberLiteral {
  const codePoint = unquoteCharacterLiteral(text);
  if (codePoint === undefined) throw new NumberSyntaxError(`malformed character constant: ${text}`);
  return { text, integer: BigInt(codePoint), unsigned: BigInt(codePoint), float: codePoint };
}

/**
 * The value of a number literal, by the rules of Go's text/template: integers of any base, floats that are whole numbers
 * count as integers too, an integer beyond 64 bits is refused.
 * @throws NumberSyntaxError
 */
export function parseNumberLiteral(text: string): NumberLiteral {
  if (text.endsWith("i")) {
    throw new NumberSyntaxError(`imaginary number ${text}: complex numbers are not supported in templates`);
  }
  const whole = parseInteger(text);
  if (whole !== undefined && whole >= minInt64 && whole <= maxUint64) {
    const signed = text.startsWith("+") || text.startsWith("-");
    const literal: NumberLiteral = { text, float: Number(whole) };
    return {
      ...literal,
      ...(whole <= maxInt64 ? { integer: whole } : {}),
      ...(whole === 0n || (whole > 0n && !signed) ? { unsigned: whole } : {}),
    };
  }
  const float = parseFloatLiteral(text);
  if (float === undefined) throw new NumberSyntaxError(`illegal number syntax: ${JSON.stringify(text)}`);
  if (!/[.eEpP]/.test(text)) throw new NumberSyntaxError(`integer overflow: ${JSON.stringify(text)}`);
  const exact = Number.isInteger(float) ? BigInt(float) : undefined;
  return {
    text,
    float,
    ...(exact !== undefined && exact >= minInt64 && exact <= maxInt64 ? { integer: exact } : {}),
    ...(exact !== undefined && exact >= 0n && exact <= maxUint64 ? { unsigned: exact } : {}),
  };
}

/** A whole number as Go's strconv.ParseInt reads it with base 0: prefixes 0x, 0o, 0b, 0, and underscores between digits. */
function parseInteger(text: string): bigint | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|[1-9][0-9_]*|0)$/.exec(text);
  if (match === null || !underscoresAreFine(text)) return undefined;
  const digits = (match[2] ?? "").replaceAll("_", "");
  const octal = /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits;
  if (/^0[xXoObB]$/.test(octal)) return undefined;
  const value = BigInt(octal.toLowerCase());
  return match[1] === "-" ? -value : value;
}

/** A float as Go's strconv.ParseFloat reads it, hexadecimal ones included; undefined if malformed or too large. */
export function parseFloatLiteral(text: string): number | undefined {
  if (!underscoresAreFine(text)) return undefined;
  const plain = text.replaceAll("_", "");
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/.exec(plain);
  if (hex !== null) {
    const [, sign, whole = "", fraction = "", exponent = "0"] = hex;
    if (whole + fraction === "") return undefined;
    const value = scaleByPowerOfTwo(BigInt(`0x${whole}${fraction}`), Number(exponent) - 4 * fraction.length);
    return value === undefined ? undefined : sign === "-" ? -value : value;
  }
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** mantissa × 2^exponent, rounded half to even; undefined if it is too large for a float64. */
function scaleByPowerOfTwo(mantissa: bigint, exponent: number): number | undefined {
  if (mantissa === 0n || exponent < -100000) return 0;
  if (exponent > 100000) return undefined;
  const bits = mantissa.toString(2).length;
  // The lowest bit that a float64 of this size keeps; subnormals end at 2^-1074.
  const lowest = Math.max(bits + exponent - 53, -1074);
  const shift = BigInt(lowest - exponent);
  let kept = mantissa;
  if (shift > 0n) {
    kept = mantissa >> shift;
    const rest = mantissa - (kept << shift);
    const half = 1n << (shift - 1n);
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++;
  }
  const value = Number(kept) * 2 ** Math.max(shift > 0n ? lowest : exponent, -1074);
  return Number.isFinite(value) ? value : undefined;
}

/** Underscores stand between digits, or between a base prefix and a digit. */
function underscoresAreFine(text: string): boolean {
  if (!text.includes("_")) return true;
  const unsigned = text.replace(/^[+-]/, "");
  const prefix = /^0[xXoObB]/.exec(unsigned)?.[0] ?? "";
  const isDigit = /^0[xX]$/.test(prefix) ? /[0-9a-fA-F]/ : /[0-9]/;
  const characters = Array.from(unsigned);
  return characters.every((character, index) => {
    if (character !== "_") return true;
    const follows = index > 0 && (index === prefix.length || isDigit.test(characters[index - 1] ?? ""));
    return follows && isDigit.test(characters[index + 1] ?? "");
  });
}
