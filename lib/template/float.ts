/** Formats float64 as Go's strconv.FormatFloat does. */

/** 0.digits × 10^point, without trailing zeros; zero has no digits. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

interface Parts {
  readonly negative: boolean;
  /** value = mantissa × 2^exponent. */
  readonly mantissa: bigint;
  readonly exponent: number;
}

const mantissaBits = 52;

function partsOf(value: number): Parts {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  return {
    negative: bits >> 63n === 1n,
    mantissa: biased === 0 ? fraction : fraction | (1n << 52n),
    exponent: Math.max(biased, 1) - 1023 - mantissaBits,
  };
}

function trimmed(digits: string, point: number): Decimal {
  const significant = digits.replace(/0+$/, "");
  return { digits: significant, point: significant === "" ? 0 : point };
}

/** Every digit of the value: a float64 is a finite decimal fraction. */
function exactDecimal({ mantissa, exponent }: Parts): Decimal {
  if (mantissa === 0n) return { digits: "", point: 0 };
  const digits = (exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent)).toString();
  return trimmed(digits, exponent >= 0 ? digits.length : digits.length + exponent);
}

/** The fewest digits that read back as the same value. */
function shortestDecimal(value: number): Decimal {
  if (value === 0) return { digits: "", point: 0 };
  const [digits = "", exponent = "0"] = Math.abs(value).toExponential().split("e");
  return trimmed(digits.replace(".", ""), Number(exponent) + 1);
}

/** Rounded to a number of digits; exact halves go to the even neighbour. */
function rounded(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal;
  if (count < 0 || count >= digits.length) return decimal;
  const next = digits.charCodeAt(count) - 48;
  const isHalf = next === 5 && count + 1 === digits.length;
  const up = isHalf ? count > 0 && (digits.charCodeAt(count - 1) - 48) % 2 === 1 : next >= 5;
  if (!up) return trimmed(digits.slice(0, count), point);
  const kept = digits.slice(0, count).replace(/9+$/, "");
  if (kept === "") return { digits: "1", point: point + 1 };
  return { digits: kept.slice(0, -1) + String(Number(kept.slice(-1)) + 1), point };
}

function scientific({ digits, point }: Decimal, precision: number, letter: string): string {
  const fraction = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, "0")}` : "";
  const exponent = digits === "" ? 0 : point - 1;
  const sign = exponent < 0 ? "-" : "+";
  return `${digits.charAt(0) || "0"}${fraction}${letter}${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function positional({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision <= 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : "0".repeat(Math.min(-point, precision)) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, "0")}`;
}

function general(decimal: Decimal, precision: number, shortest: boolean, letter: string): string {
  const count = decimal.digits.length;
  let limit = precision;
  if (limit > count && count >= decimal.point) limit = count;
  if (shortest) limit = 6;
  const exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= limit) return scientific(decimal, Math.min(precision, count) - 1, letter);
  return positional(decimal, Math.max((precision > decimal.point ? count : precision) - decimal.point, 0));
}

function binary({ mantissa, exponent }: Parts): string {
  return `${mantissa.toString()}p${exponent >= 0 ? "+" : ""}${exponent}`;
}

function hexadecimal(parts: Parts, precision: number, upper: boolean): string {
  let { mantissa } = parts;
  let exponent = mantissa === 0n ? 0 : parts.exponent + mantissaBits;
  // The leading one goes to bit 60, so that each digit of the fraction is four bits.
  mantissa <<= BigInt(60 - mantissaBits);
  while (mantissa !== 0n && (mantissa & (1n << 60n)) === 0n) {
    mantissa <<= 1n;
    exponent--;
  }
  if (precision >= 0 && precision < 15) {
    const shift = BigInt(precision * 4);
    const extra = (mantissa << shift) & ((1n << 60n) - 1n);
    mantissa >>= 60n - shift;
    if ((extra | (mantissa & 1n)) > 1n << 59n) mantissa++;
    mantissa <<= 60n - shift;
    if ((mantissa & (1n << 61n)) !== 0n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const fraction = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, "0");
  const digits = precision < 0 ? fraction.replace(/0+$/, "") : fraction.slice(0, precision).padEnd(precision, "0");
  const sign = exponent < 0 ? "-" : "+";
  const power = String(Math.abs(exponent)).padStart(2, "0");
  const text = `0x${(mantissa >> 60n).toString()}${digits === "" ? "" : `.${digits}`}p${sign}${power}`;
  return upper ? text.toUpperCase() : text;
}

/**
 * The text of a float64 in one of Go's formats: `e E f g G b x X`.
 * @param precision digits, or -1 for as many as needed to read the same value back
 */
export function formatFloat(value: number, format: string, precision: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const parts = partsOf(value);
  const sign = parts.negative ? "-" : "";
  const lower = format.toLowerCase();
  if (lower === "b") return sign + binary(parts);
  if (lower === "x") return sign + hexadecimal(parts, precision, format === "X");
  const shortest = precision < 0;
  const letter = format === "E" || format === "G" ? "E" : "e";
  if (shortest) {
    const decimal = shortestDecimal(value);
    const count = decimal.digits.length;
    if (lower === "e") return sign + scientific(decimal, Math.max(count - 1, 0), letter);
    if (lower === "f") return sign + positional(decimal, Math.max(count - decimal.point, 0));
    return sign + general(decimal, count, true, letter);
  }
  const exact = exactDecimal(parts);
  if (lower === "e") return sign + scientific(rounded(exact, precision + 1), precision, letter);
  if (lower === "f") return sign + positional(rounded(exact, exact.point + precision), precision);
  const significant = Math.max(precision, 1);
  return sign + general(rounded(exact, significant), significant, false, letter);
}
