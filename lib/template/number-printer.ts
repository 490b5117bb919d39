import { isPrintable, isValidCodePoint } from "./characters";
import { type Directive } from "./directive";
import { formatFloat } from "./float";
import { quoteCharacter } from "./quote";

/** Collects printed text within the bound that `reserve` sets; prints numbers, and fills up to a width. */
export class NumberPrinter {
  text = "";

  constructor(private readonly reserve: (characters: number) => void) {}

  write(text: string): void {
    this.text += text;
    // Lists that contain themselves many times over grow without an end in sight: look while printing.
    if (this.text.length > 4096) this.reserve(this.text.length);
  }

  /** Prints an integer; false if the verb is none for integers. */
  protected integerVerb(value: bigint, verb: string, directive: Directive): boolean {
    switch (verb) {
      case "v":
      case "d":
        this.integer(value, 10, verb, directive);
        return true;
      case "b":
        this.integer(value, 2, verb, directive);
        return true;
      case "o":
      case "O":
        this.integer(value, 8, verb, directive);
        return true;
      case "x":
      case "X":
        this.integer(value, 16, verb, directive);
        return true;
      case "c":
        this.pad(String.fromCodePoint(codePointOf(value)), directive);
        return true;
      case "q":
        this.pad(quoteCharacter(codePointOf(value), directive.plus), directive);
        return true;
      case "U":
        this.unicode(value, directive);
        return true;
      default:
        return false;
    }
  }

  private integer(value: bigint, base: number, verb: string, directive: Directive): void {
    const negative = value < 0n;
    const magnitude = negative ? -value : value;
    const { width, precision } = directive;
    let minimumDigits = precision ?? 0;
    if (precision === 0 && value === 0n) {
      this.pad("", directive, " ");
      return;
    }
    if (precision === undefined && directive.zero && !directive.minus && width !== undefined) {
      minimumDigits = negative || directive.plus || directive.space ? width - 1 : width;
    }
    this.reserve(minimumDigits);
    let digits = magnitude.toString(base).padStart(minimumDigits, "0");
    if (verb === "X") digits = digits.toUpperCase();
    if (directive.sharp) {
      if (base === 2) digits = `0b${digits}`;
      else if (base === 16) digits = `0${verb === "X" ? "X" : "x"}${digits}`;
      else if (base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
    }
    if (verb === "O") digits = `0o${digits}`;
    const sign = negative ? "-" : directive.plus ? "+" : directive.space ? " " : "";
    this.pad(sign + digits, directive, " ");
  }

  /** `U+0041`, and with the sharp flag `U+0041 'A'`. */
  private unicode(value: bigint, directive: Directive): void {
    const unsigned = BigInt.asUintN(64, value);
    const minimumDigits = Math.max(directive.precision ?? 4, 4);
    this.reserve(minimumDigits);
    let text = `U+${unsigned.toString(16).toUpperCase().padStart(minimumDigits, "0")}`;
    if (directive.sharp && unsigned <= 0x10ffffn && isPrintable(Number(unsigned))) {
      text += ` '${String.fromCodePoint(Number(unsigned))}'`;
    }
    this.pad(text, directive, " ");
  }

  /** Prints a float; false if the verb is none for floats. */
  protected floatVerb(value: number, verb: string, directive: Directive): boolean {
    switch (verb) {
      case "v":
        this.formattedFloat(value, "g", -1, directive);
        return true;
      case "b":
      case "g":
      case "G":
      case "x":
      case "X":
        this.formattedFloat(value, verb, -1, directive);
        return true;
      case "f":
      case "e":
      case "E":
        this.formattedFloat(value, verb, 6, directive);
        return true;
      case "F":
        this.formattedFloat(value, "f", 6, directive);
        return true;
      default:
        return false;
    }
  }

  private formattedFloat(value: number, format: string, defaultPrecision: number, directive: Directive): void {
    const precision = directive.precision ?? defaultPrecision;
    this.reserve(precision);
    const formatted = formatFloat(value, format, precision);
    let sign = formatted.startsWith("-") ? "-" : "+";
    let digits = formatted.replace(/^[+-]/, "");
    if (directive.space && sign === "+" && !directive.plus) sign = " ";
    if (!Number.isFinite(value)) {
      const signless = Number.isNaN(value) && !directive.space && !directive.plus;
      this.pad(signless ? digits : sign + digits, directive, " ");
      return;
    }
    if (directive.sharp && format !== "b") digits = withPoint(digits, format, precision);
    if (!directive.plus && sign === "+") {
      this.pad(digits, directive);
      return;
    }
    const { width } = directive;
    if (directive.zero && !directive.minus && width !== undefined && width > digits.length + 1) {
      this.reserve(width);
      this.write(sign + digits.padStart(width - 1, "0"));
    } else this.pad(sign + digits, directive);
  }

  /** Fills up to the width, counted in characters. */
  protected pad(text: string, directive: Directive, filler = directive.zero && !directive.minus ? "0" : " "): void {
    const { width } = directive;
    if (width === undefined || width === 0) {
      this.write(text);
      return;
    }
    this.reserve(width);
    const padding = filler.repeat(Math.max(0, width - characterCount(text)));
    this.write(directive.minus ? text + padding : padding + text);
  }
}

/** The sharp flag: always a decimal point, and trailing zeros stay. */
function withPoint(digits: string, format: string, precision: number): string {
  const isHex = format === "x" || format === "X";
  const exponentAt = digits.search(isHex ? /[pP]/ : /[eE]/);
  let number = exponentAt < 0 ? digits : digits.slice(0, exponentAt);
  const tail = exponentAt < 0 ? "" : digits.slice(exponentAt);
  let wanted = 0;
  if (format === "g" || format === "G" || format === "x") wanted = precision === -1 ? 6 : precision;
  // Go counts the x of 0x as a digit; what matters is the result.
  const significant = number.replace(".", "").replace(/^0+/, "").length;
  wanted -= significant;
  if (!number.includes(".")) {
    if (number === "0") wanted--;
    number += ".";
  }
  return number + "0".repeat(Math.max(0, wanted)) + tail;
}

/** Code points, a smuggled byte counting as one. */
function characterCount(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    const high = text.charCodeAt(index) & 0xfc00;
    if (high === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

/** The character of an integer; what is none becomes U+FFFD. */
function codePointOf(value: bigint): number {
  const unsigned = BigInt.asUintN(64, value);
  const codePoint = unsigned > 0x10ffffn ? 0xfffd : Number(unsigned);
  return isValidCodePoint(codePoint) ? codePoint : 0xfffd;
}
