import { type FunctionContext, FunctionError, type GoMap, type GoValue, MissingValue } from "../value";
import { hasInvalidBytes } from "./bytes";
import { sortedKeys } from "./equality";
import { collectionType } from "./kinds";
import { GoObject } from "./object";

const MAX_DEPTH = 1000;
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** A value that JSON has no form for: infinity, NaN, or a value that contains itself. */
export class JsonError extends FunctionError {}

export interface JsonForm {
  /** `<`, `>` and `&` as \u003c and so on. */
  readonly escapeHtml: boolean;
  /** Two spaces per level. */
  readonly pretty: boolean;
}

/**
 * encoding/json: keys sorted by byte, floats as ES6 writes them, nil lists and maps as null.
 * @throws JsonError for infinity, NaN, and values that contain themselves
 */
export function encodeJson(value: GoValue, form: JsonForm, context: FunctionContext): string {
  return new Encoder(form, context).encode(value, 0);
}

class Encoder {
  private written = 0;
  private reserved = 1024;

  constructor(
    private readonly form: JsonForm,
    private readonly context: FunctionContext,
  ) {}

  encode(value: GoValue, depth: number): string {
    if (depth > MAX_DEPTH) throw new JsonError("the value is nested too deeply, or contains itself");
    switch (typeof value) {
      case "string":
        return this.count(this.text(value));
      case "boolean":
      case "bigint":
        return this.count(String(value));
      case "number":
        return this.count(encodeFloat(value));
      default:
        if (value === null || value instanceof MissingValue) return this.count("null");
        if (value instanceof GoObject) return this.encode(value.toJson(), depth + 1);
        return this.collection(value, depth);
    }
  }

  private collection(value: GoValue[] | GoMap, depth: number): string {
    if (collectionType(value).nil) return this.count("null");
    if (Array.isArray(value)) {
      return this.framed(
        "[]",
        value.map(item => this.encode(item, depth + 1)),
        depth,
      );
    }
    const colon = this.form.pretty ? ": " : ":";
    const entries = sortedKeys(value).map(
      key => this.count(this.text(key)) + colon + this.encode(value.get(key) ?? null, depth + 1),
    );
    return this.framed("{}", entries, depth);
  }

  private framed(brackets: "[]" | "{}", parts: readonly string[], depth: number): string {
    const [open, close] = brackets;
    if (!this.form.pretty || parts.length === 0) return `${open}${this.joined(parts, ",")}${close}`;
    const line = `\n${"  ".repeat(depth)}`;
    return `${open}${line}  ${this.joined(parts, `,${line}  `)}${line}${close}`;
  }

  private joined(parts: readonly string[], separator: string): string {
    this.grow(separator.length * parts.length + 2);
    return parts.join(separator);
  }

  private count(text: string): string {
    this.grow(text.length);
    return text;
  }

  /** Asks for room at doubling sizes: a value that holds the same part many times can grow without end. */
  private grow(length: number): void {
    this.written += length;
    if (this.written < this.reserved) return;
    this.context.reserve(this.written);
    this.reserved = this.written * 2;
  }

  private text(text: string): string {
    if (PLAIN.test(text)) return `"${text}"`;
    let escaped = '"';
    for (const character of text) escaped += SHORT_ESCAPES.get(character) ?? this.character(character);
    return `${escaped}"`;
  }

  private character(character: string): string {
    const code = character.codePointAt(0) ?? 0;
    if (hasInvalidBytes(character)) return "\\ufffd";
    const html = this.form.escapeHtml && (character === "<" || character === ">" || character === "&");
    if (code >= 0x20 && code !== 0x2028 && code !== 0x2029 && !html) return character;
    return `\\u${code.toString(16).padStart(4, "0")}`;
  }
}

/** As ES6 writes numbers, which is JavaScript's own text but for "-0". */
function encodeFloat(value: number): string {
  if (!Number.isFinite(value)) throw new JsonError(`JSON has no ${Number.isNaN(value) ? "NaN" : "infinity"}`);
  return Object.is(value, -0) ? "-0" : String(value);
}
