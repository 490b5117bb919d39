import { type FunctionContext, FunctionError, type GoValue } from "../value";
import { toFloat64, toInt64, wrap } from "./cast";
import { Decimal } from "./decimal";
import { type Family, fixed, variadic } from "./definition";
import { typed } from "./kinds";
import { parseInteger } from "./parse-number";

const biggest = variadic(["any"], "any", "int64", (first, others) =>
  others.map(toInt64).reduce((best, value) => (value > best ? value : best), toInt64(first)),
);

/** Arithmetic, conversion and counting. Integers wrap at 64 bits, as Go's. */
export const numbers: Family = {
  int: fixed(["any"], "int", toInt64),
  int64: fixed(["any"], "int64", toInt64),
  float64: fixed(["any"], "float64", toFloat64),
  atoi: fixed(["string"], "int", text => parseInteger(text, 10).clamped),
  toDecimal: fixed(["any"], "int64", (value, context) => parseInteger(context.print(value), 8).value ?? 0n),

  add1: fixed(["any"], "int64", value => wrap(toInt64(value) + 1n)),
  add: variadic([], "any", "int64", values => values.reduce<bigint>((sum, value) => wrap(sum + toInt64(value)), 0n)),
  sub: fixed(["any", "any"], "int64", (left, right) => wrap(toInt64(left) - toInt64(right))),
  mul: variadic(["any"], "any", "int64", (first, others) =>
    others.reduce<bigint>((product, value) => wrap(product * toInt64(value)), toInt64(first)),
  ),
  div: fixed(["any", "any"], "int64", (left, right) => wrap(toInt64(left) / divisor(right))),
  mod: fixed(["any", "any"], "int64", (left, right) => toInt64(left) % divisor(right)),
  max: biggest,
  biggest,
  min: variadic(["any"], "any", "int64", (first, others) =>
    others.map(toInt64).reduce((best, value) => (value < best ? value : best), toInt64(first)),
  ),

  add1f: fixed(["any"], "float64", value => calculate(value, [1n], (left, right) => left.add(right))),
  addf: variadic([], "any", "float64", values => calculate(0, values, (left, right) => left.add(right))),
  subf: variadic(["any"], "any", "float64", (first, others) =>
    calculate(first, others, (left, right) => left.sub(right)),
  ),
  mulf: variadic(["any"], "any", "float64", (first, others) =>
    calculate(first, others, (left, right) => left.mul(right)),
  ),
  divf: variadic(["any"], "any", "float64", (first, others) =>
    calculate(first, others, (left, right) => left.div(right)),
  ),
  maxf: variadic(["any"], "any", "float64", (first, others) => Math.max(toFloat64(first), ...others.map(toFloat64))),
  minf: variadic(["any"], "any", "float64", (first, others) => Math.min(toFloat64(first), ...others.map(toFloat64))),
  floor: fixed(["any"], "float64", value => Math.floor(toFloat64(value))),
  ceil: fixed(["any"], "float64", value => Math.ceil(toFloat64(value))),
  round: variadic(["any", "int"], "float64", "float64", round),

  until: fixed(["int"], "[]int", (count, context) => typed(steps(0n, count, count < 0n ? -1n : 1n, context), "int")),
  untilStep: fixed(["int", "int", "int"], "[]int", (start, stop, step, context) =>
    typed(steps(start, stop, step, context), "int"),
  ),
  seq: variadic([], "int", "string", (bounds, context) => sequence(bounds, context).join(" ")),
};

function divisor(value: GoValue): bigint {
  const integer = toInt64(value);
  if (integer === 0n) throw new FunctionError("integer divide by zero");
  return integer;
}

function calculate(
  first: GoValue,
  others: readonly GoValue[],
  step: (left: Decimal, right: Decimal) => Decimal,
): number {
  return others
    .map(value => Decimal.fromFloat(toFloat64(value)))
    .reduce(step, Decimal.fromFloat(toFloat64(first)))
    .toFloat();
}

/** The integers from start until before stop. */
function steps(start: bigint, stop: bigint, step: bigint, context: FunctionContext): bigint[] {
  const distance = stop - start;
  if (distance < 0n ? step >= 0n : step <= 0n) return [];
  const magnitude = step < 0n ? -step : step;
  const count = ((distance < 0n ? -distance : distance) + magnitude - 1n) / magnitude;
  // Each takes at least a digit and a space when printed.
  context.reserve(2 * Number(count));
  return Array.from({ length: Number(count) }, (_, index) => start + BigInt(index) * step);
}

/** Sprig's seq, modelled on the Unix tool: end, start end, or start step end; both ends are included. */
function sequence(bounds: readonly bigint[], context: FunctionContext): bigint[] {
  const [first, second, third] = bounds;
  if (first === undefined || bounds.length > 3) return [];
  const start = second === undefined ? 1n : first;
  const end = third ?? second ?? first;
  const direction = end < start ? -1n : 1n;
  if (third === undefined || second === undefined) return steps(start, end + direction, direction, context);
  if (direction < 0n && second > 0n) return [];
  return steps(start, end + direction, second, context);
}

function round(value: GoValue, places: bigint, options: readonly number[]): number {
  const power = powerOfTen(places);
  const shifted = power * toFloat64(value);
  const fraction = Number.isFinite(shifted) ? shifted - Math.trunc(shifted) : NaN;
  const roundOn = options[0] ?? 0.5;
  return (fraction >= roundOn ? Math.ceil(shifted) : Math.floor(shifted)) / power;
}

/** Go's math.Pow(10, n): repeated squaring of the mantissa, which JavaScript's `**` does not promise to equal. */
function powerOfTen(places: bigint): number {
  if (places === 0n) return 1;
  let magnitude = places < 0n ? -places : places;
  if (magnitude > 100_000n) return places < 0n ? 0 : Infinity;
  let mantissa = 0.625;
  let exponent = 4;
  let result = 1;
  let resultExponent = 0;
  for (; magnitude > 0n; magnitude >>= 1n) {
    if (exponent > 4096) return places < 0n ? 0 : Infinity;
    if ((magnitude & 1n) === 1n) {
      result *= mantissa;
      resultExponent += exponent;
    }
    mantissa *= mantissa;
    exponent *= 2;
    if (mantissa < 0.5) {
      mantissa += mantissa;
      exponent--;
    }
  }
  if (places < 0n) {
    result = 1 / result;
    resultExponent = -resultExponent;
  }
  const half = Math.trunc(resultExponent / 2);
  return result * 2 ** half * 2 ** (resultExponent - half);
}
