import { compareKeys } from "./yaml-order";
import { needsQuotes } from "./yaml-resolve";
import { analyse, escaped, hasBreak, isBreak, needsEscape } from "./yaml-scalar";

/** What a document is made of: numbers are already written out. */
export type YamlNode =
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly YamlNode[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [string, YamlNode])[] };

const indentation = 2;
/** Longer lines are broken at spaces. */
const lineWidth = 80;
/** Longer keys are written after a question mark. */
const simpleKeyLength = 128;

/** Writes YAML as go-yaml v2 does, which Helm's toYaml uses: its styles, its quotes, its line breaks. */
export class YamlWriter {
  private text = "";
  private column = 0;
  private indent = -indentation;
  /** The last character written was white space, or an indicator that counts as such. */
  private afterSpace = true;
  /** Nothing but indentation is in the line yet. */
  private atIndent = true;

  constructor(private readonly reserve: (characters: number) => void) {}

  /** The document, with its last line feed. */
  document(node: YamlNode): string {
    this.node(node, false);
    this.startLine();
    return this.text;
  }

  private node(node: YamlNode, inMap: boolean): void {
    this.reserve(this.text.length);
    switch (node.kind) {
      case "plain":
        this.deeper(() => {
          this.plain(node.text, true);
        }, true);
        return;
      case "string":
        this.deeper(() => {
          this.string(node.text, false);
        }, true);
        return;
      case "list":
        if (node.items.length === 0) this.emptyCollection("[]");
        else this.list(node.items, inMap);
        return;
      case "map":
        if (node.entries.length === 0) this.emptyCollection("{}");
        else this.map(node.entries);
    }
  }

  /** A list in a map stands at the indentation of its key. */
  private list(items: readonly YamlNode[], inMap: boolean): void {
    const write = (): void => {
      for (const item of items) {
        this.startLine();
        this.indicator("-", true, false, true);
        this.node(item, false);
      }
    };
    if (inMap && !this.atIndent) write();
    else this.deeper(write);
  }

  private map(entries: readonly (readonly [string, YamlNode])[]): void {
    this.deeper(() => {
      for (const [key, value] of [...entries].sort(([left], [right]) => compareKeys(left, right))) {
        this.startLine();
        const bytes = new TextEncoder().encode(key).length;
        if (!hasBreak(key) && bytes <= simpleKeyLength) {
          this.deeper(() => {
            this.string(key, true);
          });
          this.indicator(":", false, false, false);
        } else {
          this.indicator("?", true, false, true);
          this.deeper(() => {
            this.string(key, false);
          });
          this.startLine();
          this.indicator(":", true, false, true);
        }
        this.node(value, true);
      }
    });
  }

  private emptyCollection(text: string): void {
    this.indicator(text, true, false, false);
  }

  private string(text: string, isKey: boolean): void {
    this.reserve(this.text.length + text.length);
    const allowed = analyse(text);
    const isMultiline = text.includes("\n");
    if (isMultiline && allowed.block && !isKey) {
      this.literal(text);
      return;
    }
    const mustQuote = needsQuotes(text);
    if (!mustQuote && !isMultiline && allowed.plain && !(isKey && hasBreak(text))) this.plain(text, !isKey);
    else if (!mustQuote && !isMultiline && allowed.singleQuoted && !(isKey && hasBreak(text))) {
      this.singleQuoted(text, !isKey);
    } else this.doubleQuoted(text, !isKey);
  }

  private plain(text: string, mayBreak: boolean): void {
    if (!this.afterSpace) this.put(" ");
    this.folded(text, mayBreak, false);
    this.afterSpace = false;
    this.atIndent = false;
  }

  private singleQuoted(text: string, mayBreak: boolean): void {
    this.indicator("'", true, false, false);
    this.folded(text, mayBreak, true);
    this.indicator("'", false, false, false);
  }

  /** A text on one or more lines, broken where spaces allow it. */
  private folded(text: string, mayBreak: boolean, quoted: boolean): void {
    if (!hasBreak(text) && !(mayBreak && text.includes(" "))) {
      this.put(quoted ? text.replaceAll("'", "''") : text);
      return;
    }
    const characters = Array.from(text);
    let spaces = false;
    let breaks = false;
    for (const [index, character] of characters.entries()) {
      const next = characters[index + 1];
      if (character === " ") {
        const inside = !quoted || (index > 0 && next !== undefined);
        if (mayBreak && !spaces && this.column > lineWidth && inside && next !== " ") this.startLine();
        else this.put(character);
        spaces = true;
      } else if (isBreak(character)) {
        if (!breaks && character === "\n") this.lineBreak();
        this.put(character);
        if (character !== "\n") this.column = 0;
        this.atIndent = true;
        breaks = true;
      } else {
        if (breaks) this.startLine();
        this.put(quoted && character === "'" ? "''" : character);
        this.atIndent = false;
        spaces = false;
        breaks = false;
      }
    }
  }

  private doubleQuoted(text: string, mayBreak: boolean): void {
    this.indicator('"', true, false, false);
    const characters = Array.from(text);
    // A byte order mark at the start makes go-yaml escape every character.
    const escapesAll = text.startsWith("\ufeff");
    let spaces = false;
    for (const [index, character] of characters.entries()) {
      const next = characters[index + 1];
      if (character === " " && !escapesAll) {
        if (mayBreak && !spaces && this.column > lineWidth && index > 0 && next !== undefined) {
          this.startLine();
          if (next === " ") this.put("\\");
        } else this.put(character);
        spaces = true;
      } else {
        this.put(escapesAll || needsEscape(character) ? escaped(character) : character);
        spaces = false;
      }
    }
    this.indicator('"', false, false, false);
  }

  private literal(text: string): void {
    this.indicator("|", true, false, false);
    const characters = Array.from(text);
    const first = characters[0] ?? "";
    const last = characters.at(-1) ?? "";
    const beforeLast = characters.at(-2);
    if (first === " " || isBreak(first)) this.indicator(String(indentation), false, false, false);
    if (!isBreak(last)) this.indicator("-", false, false, false);
    else if (beforeLast === undefined || isBreak(beforeLast)) this.indicator("+", false, false, false);
    this.lineBreak();
    this.atIndent = true;
    this.afterSpace = true;
    let breaks = true;
    for (const character of characters) {
      if (isBreak(character)) {
        this.lineBreak(character);
        this.atIndent = true;
        breaks = true;
      } else {
        if (breaks) this.startLine();
        this.put(character);
        this.atIndent = false;
        breaks = false;
      }
    }
  }

  private deeper(write: () => void, isScalar = false): void {
    const outer = this.indent;
    this.indent = outer < 0 && !isScalar ? 0 : Math.max(outer, 0) + indentation;
    write();
    this.indent = outer;
  }

  private startLine(): void {
    const indent = Math.max(this.indent, 0);
    if (!this.atIndent || this.column > indent || (this.column === indent && !this.afterSpace)) this.lineBreak();
    while (this.column < indent) this.put(" ");
    this.afterSpace = true;
    this.atIndent = true;
  }

  private indicator(text: string, needsSpace: boolean, isSpace: boolean, keepsIndent: boolean): void {
    if (needsSpace && !this.afterSpace) this.put(" ");
    this.put(text);
    this.afterSpace = isSpace;
    this.atIndent &&= keepsIndent;
  }

  private put(text: string): void {
    this.text += text;
    this.column += text.length;
  }

  private lineBreak(character = "\n"): void {
    this.text += character;
    this.column = 0;
  }
}
