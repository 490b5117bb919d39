/**
 * Blowfish starts from the first 33,344 bits of pi behind the point. They are calculated once, when first needed, by
 * Machin's formula: pi = 16·arctan(1/5) − 4·arctan(1/239).
 */
const WORDS = 18 + 4 * 256;
const GUARD_BITS = 64n;
const BITS = BigInt(WORDS * 32) + GUARD_BITS;

let words: Uint32Array | undefined;

/** The P-array's 18 words, then the four S-boxes of 256. */
export function piWords(): Uint32Array {
  words ??= calculate();
  return words;
}

function calculate(): Uint32Array {
  const pi = 16n * inverseTangent(5n) - 4n * inverseTangent(239n);
  const fraction = (pi - (3n << BITS)) >> GUARD_BITS;
  const digits = fraction.toString(16).padStart(WORDS * 8, "0");
  return Uint32Array.from({ length: WORDS }, (_, index) => parseInt(digits.slice(index * 8, index * 8 + 8), 16));
}

/** arctan(1/x) as a fixed-point number. */
function inverseTangent(x: bigint): bigint {
  let power = (1n << BITS) / x;
  let sum = power;
  for (let divisor = 3n, sign = -1n; power !== 0n; divisor += 2n, sign = -sign) {
    power /= x * x;
    sum += sign * (power / divisor);
  }
  return sum;
}
