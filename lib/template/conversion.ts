import { parseFloatLiteral } from "./number";
import { type GoValue } from "./value";

/** `int`, `float` and `bool` of a template: what cannot be converted is 0 or false, never an error. */

const maxInt64 = 2 ** 63;
const truthyWords: ReadonlySet<string> = new Set(["true", "1", "yes", "on", "t", "y"]);

/** Integers as they are, floats cut towards zero, text as an integer or else as a float, booleans as 1 and 0. */
export function toInt(value: GoValue): bigint {
  switch (typeof value) {
    case "bigint":
      return value;
    case "number":
      return truncated(value);
    case "boolean":
      return value ? 1n : 0n;
    case "string": {
      const whole = wholeNumber(value);
      return whole ?? truncated(decimalNumber(value) ?? 0);
    }
    default:
      return 0n;
  }
}

export function toFloat(value: GoValue): number {
  switch (typeof value) {
    case "number":
      return value;
    case "bigint":
      return Number(value);
    case "boolean":
      return value ? 1 : 0;
    case "string":
      return decimalNumber(value) ?? 0;
    default:
      return 0;
  }
}

/** Of text: true, 1, yes, on, t, y in any case; of a number: not zero. */
export function toBool(value: GoValue): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "bigint":
      return value !== 0n;
    case "number":
      return value !== 0;
    case "string":
      return truthyWords.has(value.toLowerCase());
    default:
      return false;
  }
}

/** Go converts what does not fit an int64 to the smallest one. */
function truncated(value: number): bigint {
  return Math.abs(value) < maxInt64 ? BigInt(Math.trunc(value)) : -(1n << 63n);
}

function wholeNumber(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]{1,30}$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function decimalNumber(text: string): number | undefined {
  const word = text.toLowerCase().replace(/^[+-]/, "");
  if (word === "inf" || word === "infinity") return text.startsWith("-") ? -Infinity : Infinity;
  if (word === "nan") return NaN;
  return text.includes("_") ? undefined : parseFloatLiteral(text);
}
