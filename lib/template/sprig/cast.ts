import type { GoValue } from "../value";
import { GoObject } from "./object";
import { parseFloat64, parseInteger } from "./parse-number";

const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;

/** Wraps to 64 bits, as Go's int64 arithmetic does. */
export function wrap(value: bigint): bigint {
  return value >= LOWEST && value <= HIGHEST ? value : BigInt.asIntN(64, value);
}

/** cast.ToInt64 (spf13/cast 1.7): 0 for whatever is no number; "0x1f", "017" and "1_000" as Go literals; "12.00" is 12. */
export function toInt64(value: GoValue): bigint {
  switch (typeof value) {
    case "bigint":
      return value;
    case "number":
      return truncate(value);
    case "boolean":
      return value ? 1n : 0n;
    case "string":
      return parseInteger(trimZeroDecimal(value), 0).value ?? 0n;
    default:
      return value instanceof GoObject ? value.toInteger() : 0n;
  }
}

/** cast.ToFloat64: 0 for whatever is no number. */
export function toFloat64(value: GoValue): number {
  switch (typeof value) {
    case "bigint":
      return Number(value);
    case "number":
      return value;
    case "boolean":
      return value ? 1 : 0;
    case "string":
      return parseFloat64(value) ?? 0;
    default:
      return value instanceof GoObject ? Number(value.toInteger()) : 0;
  }
}

/** Go's float64 to int64 conversion on amd64: out of range, and NaN, become the lowest integer. */
function truncate(value: number): bigint {
  if (!Number.isFinite(value)) return LOWEST;
  const integer = BigInt(Math.trunc(value));
  return integer < LOWEST || integer > HIGHEST ? LOWEST : integer;
}

/** "12.00" → "12": cuts at the last point that has a zero, and only zeros and points, behind it. */
function trimZeroDecimal(text: string): string {
  let zeros = false;
  for (let index = text.length - 1; index >= 0; index--) {
    const character = text[index];
    if (character === "0") zeros = true;
    else if (character !== ".") return text;
    else if (zeros) return text.slice(0, index);
  }
  return text;
}
