const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;

/** What Go's strconv.ParseInt(text, base, 64) gives: a value, or the reason why not with the value it clamps to. */
export interface ParsedInteger {
  readonly value: bigint | undefined;
  /** The value Go returns beside the error: 0 for a syntax error, the nearest bound when out of range. */
  readonly clamped: bigint;
}

const DIGITS: Readonly<Record<number, RegExp>> = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-fA-F]+$/ };
const PREFIX: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 10: "", 16: "0x" };

/** strconv.ParseInt for base 8, 10, or 0 (the base is told by the prefix, underscores allowed as in Go literals). */
export function parseInteger(text: string, base: 0 | 8 | 10): ParsedInteger {
  const invalid: ParsedInteger = { value: undefined, clamped: 0n };
  const negative = text.startsWith("-");
  let digits = negative || text.startsWith("+") ? text.slice(1) : text;
  let radix: number = base;
  if (base === 0) {
    const prefix = /^0[xX]/.test(digits) ? 16 : /^0[bB]/.test(digits) ? 2 : /^0[oO]/.test(digits) ? 8 : 10;
    radix = prefix === 10 && digits.length > 1 && digits.startsWith("0") ? 8 : prefix;
    if (digits.includes("_") && !underscoresFit(digits)) return invalid;
    digits = digits.slice(prefix === 10 ? 0 : 2).replaceAll("_", "");
    if (digits === "" && radix === 8 && prefix === 10) return invalid;
  }
  if (DIGITS[radix]?.test(digits) !== true) return invalid;
  // More digits than any int64 has even in base 2: no use in building a huge integer.
  const significant = digits.replace(/^0+(?=.)/, "");
  const magnitude = significant.length > 64 ? HIGHEST + 2n : BigInt((PREFIX[radix] ?? "") + significant);
  const value = negative ? -magnitude : magnitude;
  if (value > HIGHEST) return { value: undefined, clamped: HIGHEST };
  if (value < LOWEST) return { value: undefined, clamped: LOWEST };
  return { value, clamped: value };
}

/** Go's rule for underscores: only between digits, or between the base prefix and a digit. */
function underscoresFit(digits: string): boolean {
  return /^(0[xX](_?[0-9a-fA-F])+|0[bB](_?[01])+|0[oO](_?[0-7])+|[0-9](_?[0-9])*)$/.test(digits);
}

const DECIMAL = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/;

/** strconv.ParseFloat(text, 64); undefined where Go returns an error (no number, or out of range). */
export function parseFloat64(text: string): number | undefined {
  if (text.includes("_")) {
    const stray = /^[+-]?0[xX]/.test(text) ? /(?<![0-9a-fA-FxX])_|_(?![0-9a-fA-F])/ : /(?<![0-9])_|_(?![0-9])/;
    return stray.test(text) ? undefined : parseFloat64(text.replaceAll("_", ""));
  }
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  return parseHexFloat(text);
}

function parseHexFloat(text: string): number | undefined {
  const match = HEXADECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", power = ""] = match;
  if (whole + fraction === "") return undefined;
  const mantissa = BigInt(`0x${whole}${fraction}`);
  const exponent = Number(power) - 4 * fraction.length;
  const value = scale(mantissa, exponent);
  if (value === undefined) return undefined;
  return sign === "-" ? -value : value;
}

/** mantissa × 2^exponent, rounded once to the nearest float64; undefined on overflow. */
function scale(mantissa: bigint, exponent: number): number | undefined {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  if (bits + exponent > 1024) return undefined;
  if (bits + exponent < -1080) return 0;
  if (exponent >= 0) {
    const value = Number(mantissa << BigInt(exponent));
    return Number.isFinite(value) ? value : undefined;
  }
  return divideToFloat(mantissa, 1n << BigInt(-exponent));
}

/** The float64 nearest to a fraction of non-negative integers (ties to even), as big.Rat.Float64. */
export function divideToFloat(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const lead = numerator.toString(2).length - denominator.toString(2).length;
  // 66 bits of quotient, the last one sticky; fewer where the result is subnormal, so that it is rounded only once.
  const shift = Math.min(65 - lead, 1076);
  const scaled = shift >= 0 ? numerator << BigInt(shift) : numerator;
  const divisor = shift >= 0 ? denominator : denominator << BigInt(-shift);
  const quotient = scaled / divisor;
  const sticky = scaled % divisor === 0n ? 0n : 1n;
  return timesPowerOfTwo(quotient | sticky, -shift);
}

/** A bigint × 2^exponent: exact steps, except for the one rounding. */
function timesPowerOfTwo(mantissa: bigint, exponent: number): number {
  const bits = mantissa.toString(2).length;
  const lowest = bits + exponent;
  if (lowest > -1021) {
    // Normal: Number() rounds to 53 bits, and a power of two changes nothing more.
    const value = Number(mantissa);
    const half = Math.trunc(exponent / 2);
    return value * 2 ** half * 2 ** (exponent - half);
  }
  // Subnormal: keep exactly the bits down to 2^-1074, rounding by hand.
  const drop = BigInt(-1074 - exponent);
  if (drop <= 0n) return Number(mantissa) * 2 ** exponent;
  const kept = mantissa >> drop;
  const rest = mantissa - (kept << drop);
  const half = 1n << (drop - 1n);
  const rounded = rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept;
  return Number(rounded) * 2 ** -1074;
}
