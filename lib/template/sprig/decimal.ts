import { FunctionError } from "../value";
import { divideToFloat } from "./parse-number";

/** Digits behind the point that a division keeps (shopspring/decimal's default). */
const DIVISION_PRECISION = 16;
/** Beyond this no float64 has digits; it bounds the work of long products. */
const MAX_EXPONENT = 20_000;

/** shopspring/decimal 1.4: coefficient × 10^exponent. */
export class Decimal {
  private constructor(
    private readonly coefficient: bigint,
    private readonly exponent: number,
  ) {}

  /**
   * The shortest decimal that reads back as the number.
   * @throws FunctionError for infinity and NaN
   */
  static fromFloat(value: number): Decimal {
    if (!Number.isFinite(value)) throw new FunctionError("cannot calculate with infinity or NaN");
    const [mantissa = "0", power = "0"] = value.toExponential().split("e");
    const [whole = "0", fraction = ""] = mantissa.split(".");
    return Decimal.bounded(BigInt(whole + fraction), Number(power) - fraction.length);
  }

  add(other: Decimal): Decimal {
    const exponent = Math.min(this.exponent, other.exponent);
    return Decimal.bounded(this.scaledTo(exponent) + other.scaledTo(exponent), exponent);
  }

  sub(other: Decimal): Decimal {
    return this.add(new Decimal(-other.coefficient, other.exponent));
  }

  mul(other: Decimal): Decimal {
    return Decimal.bounded(this.coefficient * other.coefficient, this.exponent + other.exponent);
  }

  /**
   * Rounded half away from zero, to 16 digits behind the point.
   * @throws FunctionError on division by zero
   */
  div(other: Decimal): Decimal {
    if (other.coefficient === 0n) throw new FunctionError("decimal division by 0");
    const shift = this.exponent - other.exponent + DIVISION_PRECISION;
    const numerator = shift > 0 ? this.coefficient * 10n ** BigInt(shift) : this.coefficient;
    const denominator = shift < 0 ? other.coefficient * 10n ** BigInt(-shift) : other.coefficient;
    const quotient = numerator / denominator;
    const rest = numerator % denominator;
    const away = 2n * abs(rest) >= abs(denominator) ? (numerator < 0n === denominator < 0n ? 1n : -1n) : 0n;
    return Decimal.bounded(quotient + away, -DIVISION_PRECISION);
  }

  /** The nearest float64. */
  toFloat(): number {
    const magnitude = abs(this.coefficient);
    const value =
      this.exponent >= 0
        ? Number(magnitude * 10n ** BigInt(this.exponent))
        : divideToFloat(magnitude, 10n ** BigInt(-this.exponent));
    return this.coefficient < 0n ? -value : value;
  }

  private static bounded(coefficient: bigint, exponent: number): Decimal {
    if (Math.abs(exponent) > MAX_EXPONENT) throw new FunctionError("the result has too many digits");
    return new Decimal(coefficient, exponent);
  }

  private scaledTo(exponent: number): bigint {
    return this.coefficient * 10n ** BigInt(this.exponent - exponent);
  }
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
