import { type Directive, plain } from "./directive";
import { NumberPrinter } from "./number-printer";
import { sortedEntries } from "./order";
import { canBackquote, quoteString } from "./quote";
import { bytesOf } from "./sprig/bytes";
import { collectionType, isMap, typeName } from "./sprig/kinds";
import { GoObject } from "./sprig/object";
import { FunctionError, type GoValue, MissingValue } from "./value";

/** Deeper values are cyclic, or will not fit the output anyway. */
const maximumDepth = 200;

/** Prints values as Go's fmt does. */
export class Printer extends NumberPrinter {
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
    if (directive === plain && (typeof value === "string" || typeof value === "bigint")) {
      this.write(String(value));
      return;
    }
    switch (typeof value) {
      case "string":
        this.string(value, verb, directive);
        return;
      case "boolean":
        if (verb === "t" || verb === "v") this.pad(String(value), directive);
        else this.badVerb(value, verb, directive);
        return;
      case "bigint":
        if (!this.integerVerb(value, verb, directive)) this.badVerb(value, verb, directive);
        return;
      case "number":
        if (!this.floatVerb(value, verb, directive)) this.badVerb(value, verb, directive);
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
    let separator = "";
    for (const element of list) {
      this.write(separator);
      this.value(element, verb, directive, depth + 1);
      separator = sharpV ? ", " : " ";
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
}

function truncate(text: string, precision: number | undefined): string {
  if (precision === undefined || text.length <= precision) return text;
  let end = 0;
  for (let count = 0; count < precision && end < text.length; count++) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}
