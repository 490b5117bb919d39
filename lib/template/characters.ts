/** Character classes of Go's unicode package. */
const letterOrDigit = /^[\p{L}\p{Nd}]$/u;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

/** May stand in an identifier: `_`, letters and decimal digits of every script. */
export function isAlphaNumeric(codePoint: number): boolean {
  if (codePoint < 0x80) {
    return (
      (codePoint >= 0x61 && codePoint <= 0x7a) ||
      (codePoint >= 0x41 && codePoint <= 0x5a) ||
      (codePoint >= 0x30 && codePoint <= 0x39) ||
      codePoint === 0x5f
    );
  }
  return letterOrDigit.test(String.fromCodePoint(codePoint));
}

/** Go's strconv.IsPrint and unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(codePoint: number): boolean {
  if (codePoint < 0x80) return codePoint >= 0x20 && codePoint < 0x7f;
  return printable.test(String.fromCodePoint(codePoint));
}

/** The spaces that separate words and that trim markers remove. */
export function isSpace(codePoint: number): boolean {
  return codePoint === 0x20 || codePoint === 0x09 || codePoint === 0x0d || codePoint === 0x0a;
}

/** A Unicode code point that is no surrogate. */
export function isValidCodePoint(codePoint: number): boolean {
  return (codePoint >= 0 && codePoint < 0xd800) || (codePoint > 0xdfff && codePoint <= 0x10ffff);
}
