import { isPrintable, isValidCodePoint } from "./characters";
import { formatFloat } from "./float";
import { canBackquote, quoteCharacter, quoteString } from "./quote";
import { bytesOf } from "./sprig/bytes";
import { collectionType, isMap, typeName } from "./sprig/kinds";
import { GoObject } from "./sprig/object";
import { sortedEntries } from "./order";
import { FunctionError, type GoValue, MissingValue } from "./value";

/** Flags, width and precision of one formatting directive, as Go's fmt keeps them. */
export interface Directive {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v`. */
  plusV: boolean;
  /** `%#v`. */
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

export function plainDirective(): Directive {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

/** Deeper values are cyclic, or will not fit the output anyway. */
const maximumDepth = 200;

/** Collects printed text within the bound that {@link FunctionContext.reserve} sets. */
export class Printer {
  text = "";

  constructor(private readonly reserve: (characters: number) => void) {}

  write(text: string): void {
    this.text += text;
    // Lists that contain themselves many times over grow without an end in sight: look while printing.
    if (this.text.length > 4096) this.reserve(this.text.length);
  }

  /** One argument of print or printf. */
  argument(value: GoValue, verb: string, directive: Directive): void {
    if (value === null) {
      if (verb === "T" || verb === "v") this.pad("<nil>", directive);
      else this.badVerb(value, verb, directive);
      return;
    }
    if (verb === "T") {
      this.string(typeName(value), "s", directive);
      return;
    }
    if (verb === "p") {
      if (typeof value === "object") throw new FunctionError("%p: a value in a template has no address to print");
      this.badVerb(value, verb, directive);
      return;
    }
    this.value(value, verb, directive, 0);
  }

  private value(value: GoValue, verb: string, directive: Directive, depth: number): void {
    switch (typeof value) {
      case "string":
        this.string(value, verb, directive);
        return;
      case "boolean":
        if (verb === "t" || verb === "v") this.pad(String(value), directive);
        else this.badVerb(value, verb, directive);
        return;
      case "bigint":
        this.integerVerb(value, verb, directive);
        return;
      case "number":
        this.float(value, verb, directive);
        return;
    }
    if (depth > maximumDepth) throw new FunctionError("the value is nested too deeply to be printed");
    if (value === null) this.write(directive.sharpV ? "interface {}(nil)" : "<nil>");
    else if (value instanceof MissingValue) throw new FunctionError(`variable ${value.path} is not defined`);
    else if (value instanceof GoObject) this.object(value, verb, directive);
    else if (Array.isArray(value)) this.list(value, verb, directive, depth);
    else this.map(value, verb, directive, depth);
  }

  private object(value: GoObject, verb: string, directive: Directive): void {
    if ("vsxXq".includes(verb)) this.string(value.text(), verb, { ...directive, sharpV: false });
    else this.badVerb(value, verb, directive);
  }

  private list(list: readonly GoValue[], verb: string, directive: Directive, depth: number): void {
    const { sharpV } = directive;
    if (sharpV) {
      this.write(typeName(list as GoValue[]));
      if (list.length === 0 && collectionType(list as GoValue[]).nil) {
        this.write("(nil)");
        return;
      }
    }
    this.write(sharpV ? "{" : "[");
    for (const [index, element] of list.entries()) {
      if (index > 0) this.write(sharpV ? ", " : " ");
      this.value(element, verb, directive, depth + 1);
    }
    this.write(sharpV ? "}" : "]");
  }

  private map(map: GoValue, verb: string, directive: Directive, depth: number): void {
    if (!isMap(map)) return;
    const { sharpV } = directive;
    if (sharpV) {
      this.write(typeName(map));
      if (map.size === 0 && collectionType(map).nil) {
        this.write("(nil)");
        return;
      }
    }
    this.write(sharpV ? "{" : "map[");
    for (const [index, [key, element]] of sortedEntries(map).entries()) {
      if (index > 0) this.write(sharpV ? ", " : " ");
      this.string(key, verb, directive);
      this.write(":");
      this.value(element, verb, directive, depth + 1);
    }
    this.write(sharpV ? "}" : "]");
  }

  /** `%!d(string=abc)`: what Go prints for a verb that does not fit the value. */
  private badVerb(value: GoValue, verb: string, directive: Directive): void {
    this.write(`%!${verb}(`);
    if (value === null) this.write("<nil>");
    else {
      this.write(`${typeName(value)}=`);
      this.value(value, "v", directive, 0);
    }
    this.write(")");
  }

  private string(text: string, verb: string, directive: Directive): void {
    switch (verb) {
      case "v":
        if (directive.sharpV) this.quoted(text, directive);
        else this.pad(truncate(text, directive.precision), directive);
        return;
      case "s":
        this.pad(truncate(text, directive.precision), directive);
        return;
      case "x":
      case "X":
        this.hexString(text, verb, directive);
        return;
      case "q":
        this.quoted(text, directive);
        return;
      default:
        this.badVerb(text, verb, directive);
    }
  }

  private quoted(text: string, directive: Directive): void {
    const truncated = truncate(text, directive.precision);
    if (directive.sharp && canBackquote(truncated)) this.pad(`\`${truncated}\``, directive);
    else this.pad(quoteString(truncated, directive.plus), directive);
  }

  private hexString(text: string, verb: "x" | "X", directive: Directive): void {
    const bytes = bytesOf(text).subarray(0, directive.precision);
    const prefix = directive.sharp ? `0${verb}` : "";
    const digits = Array.from(bytes, byte => {
      const hex = byte.toString(16).padStart(2, "0");
      return verb === "X" ? hex.toUpperCase() : hex;
    });
    const encoded = directive.space ? digits.map(hex => prefix + hex).join(" ") : prefix + digits.join("");
    this.pad(bytes.length === 0 ? "" : encoded, directive);
  }

  private integerVerb(value: bigint, verb: string, directive: Directive): void {
    switch (verb) {
      case "v":
      case "d":
        this.integer(value, 10, verb, directive);
        return;
      case "b":
        this.integer(value, 2, verb, directive);
        return;
      case "o":
      case "O":
        this.integer(value, 8, verb, directive);
        return;
      case "x":
      case "X":
        this.integer(value, 16, verb, directive);
        return;
      case "c":
        this.pad(String.fromCodePoint(codePointOf(value)), directive);
        return;
      case "q":
        this.pad(quoteCharacter(codePointOf(value), directive.plus), directive);
        return;
      case "U":
        this.unicode(value, directive);
        return;
      default:
        this.badVerb(value, verb, directive);
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

  private float(value: number, verb: string, directive: Directive): void {
    switch (verb) {
      case "v":
        this.formattedFloat(value, "g", -1, directive);
        return;
      case "b":
      case "g":
      case "G":
      case "x":
      case "X":
        this.formattedFloat(value, verb, -1, directive);
        return;
      case "f":
      case "e":
      case "E":
        this.formattedFloat(value, verb, 6, directive);
        return;
      case "F":
        this.formattedFloat(value, "f", 6, directive);
        return;
      default:
        this.badVerb(value, verb, directive);
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
  private pad(text: string, directive: Directive, filler = directive.zero && !directive.minus ? "0" : " "): void {
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

function truncate(text: string, precision: number | undefined): string {
  if (precision === undefined || text.length <= precision) return text;
  let end = 0;
  for (let count = 0; count < precision && end < text.length; count++) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** The character of an integer; what is none becomes U+FFFD. */
function codePointOf(value: bigint): number {
  const unsigned = BigInt.asUintN(64, value);
  const codePoint = unsigned > 0x10ffffn ? 0xfffd : Number(unsigned);
  return isValidCodePoint(codePoint) ? codePoint : 0xfffd;
}
