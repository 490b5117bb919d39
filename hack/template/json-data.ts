import { type GoMap, type GoValue } from "../../lib/template";
import { toValidText } from "../../lib/template/sprig";

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const integer = /^-?\d+$/;
const smallestInteger = -(1n << 63n);
const largestInteger = (1n << 63n) - 1n;

/** A JSON text whose numbers keep their digits: JSON.parse alone would round integers beyond 2^53. */
export class JsonText {
  private readonly literals: string[] = [];
  private readonly root: unknown;

  /** @throws SyntaxError */
  constructor(text: string) {
    this.root = JSON.parse(text);
    // Every number is replaced by its index in the list of literals, so that what is parsed again cannot be rounded.
    const indexed = text.replace(stringOrNumber, token =>
      token.startsWith('"') ? token : String(this.literals.push(token) - 1),
    );
    if (this.literals.length > 0) this.root = JSON.parse(indexed);
  }

  /** The top-level field of this name, if the text is an object that has it. */
  field(name: string): { readonly value: unknown } | undefined {
    const { root } = this;
    if (typeof root !== "object" || root === null || Array.isArray(root)) return undefined;
    const found = Object.getOwnPropertyDescriptor(root, name);
    return found === undefined ? undefined : { value: found.value };
  }

  /** A part of the text as a template sees it: a number without point and exponent that fits int64 is an int, any other a float64. */
  goValue(part: unknown): GoValue {
    if (typeof part === "string") return toValidText(part);
    if (typeof part === "boolean") return part;
    if (typeof part === "number") return numberOf(this.literals[part] ?? "");
    if (Array.isArray(part)) return part.map(item => this.goValue(item));
    return typeof part === "object" && part !== null ? this.map(part) : null;
  }

  /** A JSON object as a map, whatever its keys are called. */
  map(part: object): GoMap {
    return new Map(Object.entries(part).map(([key, value]) => [toValidText(key), this.goValue(value)]));
  }
}

function numberOf(literal: string): GoValue {
  if (integer.test(literal)) {
    const value = BigInt(literal);
    if (value >= smallestInteger && value <= largestInteger) return value;
  }
  return Number(literal);
}
