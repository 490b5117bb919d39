import { isAlphaNumeric, isPrintable, isSpace } from "./characters";
import { keywords, type Keyword, type Token, type TokenType } from "./token";

const end = -1;
const leftDelimiter = "{{";
const rightDelimiter = "}}";
/** A trim marker is a minus with a space on its inner side. */
const trimMarkerLength = 2;

export interface LexerOptions {
  /** `break` and `continue` are keywords unless a function has that name. */
  readonly breakIsKeyword: boolean;
  readonly continueIsKeyword: boolean;
}

/**
 * Splits a template into tokens, on demand, by the rules of Go's text/template/parse:
 * text is one token, inside an action spaces are tokens too, comments vanish, trim markers cut the text beside them.
 */
export class Lexer {
  private position = 0;
  private start = 0;
  private insideAction = false;
  private parenthesisDepth = 0;
  private failed = false;

  constructor(
    private readonly source: string,
    private readonly options: LexerOptions,
  ) {}

  /** The next token; after the end, or after an error, the end of input again and again. */
  next(): Token {
    if (this.failed) return { type: "end of input", offset: this.source.length, text: "" };
    return this.insideAction ? this.lexInsideAction() : this.lexText();
  }

  private lexText(): Token {
    for (;;) {
      const delimiter = this.source.indexOf(leftDelimiter, this.position);
      if (delimiter < 0) {
        this.position = this.source.length;
        return this.position > this.start ? this.take("text") : this.take("end of input");
      }
      this.position = delimiter;
      const trims = this.hasLeftTrimMarker(delimiter + leftDelimiter.length);
      const textEnd = trims ? this.trimmedEnd(this.start, delimiter) : delimiter;
      if (textEnd > this.start) {
        const token: Token = { type: "text", offset: this.start, text: this.source.slice(this.start, textEnd) };
        this.start = delimiter;
        return token;
      }
      this.start = delimiter;
      const inner = delimiter + leftDelimiter.length + (trims ? trimMarkerLength : 0);
      if (this.source.startsWith("/*", inner)) {
        const failure = this.skipComment(inner);
        if (failure) return failure;
        continue;
      }
      this.position = delimiter + leftDelimiter.length;
      const token = this.take("leftDelimiter");
      this.insideAction = true;
      this.parenthesisDepth = 0;
      this.position = this.start = inner;
      return token;
    }
  }

  private skipComment(opening: number): Token | undefined {
    const closing = this.source.indexOf("*/", opening + 2);
    if (closing < 0) return this.fail("unclosed comment");
    this.position = closing + 2;
    const delimiter = this.rightDelimiterLength();
    if (delimiter === 0) return this.fail("comment ends before closing delimiter");
    this.position += delimiter;
    if (delimiter > rightDelimiter.length) this.skipSpaces();
    this.start = this.position;
    return undefined;
  }

  private lexRightDelimiter(length: number): Token {
    this.position += length;
    const token = this.take("rightDelimiter");
    if (length > rightDelimiter.length) {
      this.skipSpaces();
      this.start = this.position;
    }
    this.insideAction = false;
    return token;
  }

  private lexInsideAction(): Token {
    const delimiter = this.rightDelimiterLength();
    if (delimiter > 0) {
      return this.parenthesisDepth === 0 ? this.lexRightDelimiter(delimiter) : this.fail("unclosed left parenthesis");
    }
    const character = this.advance();
    if (character === end) return this.fail("unclosed action");
    if (isSpace(character)) return this.lexSpace();
    switch (String.fromCodePoint(character)) {
      case "=":
        return this.take("assign");
      case ":":
        return this.advance() === 0x3d ? this.take("declare") : this.fail("expected :=");
      case "|":
        return this.take("pipe");
      case '"':
        return this.lexQuoted('"', "string", "unterminated quoted string");
      case "'":
        return this.lexQuoted("'", "characterConstant", "unterminated character constant");
      case "`":
        return this.lexRawString();
      case "$":
        return this.lexFieldOrVariable("variable");
      case ".":
        if (!isDigit(this.peek()) && this.peek() !== end) return this.lexFieldOrVariable("field");
        return this.lexNumber();
      case "(":
        this.parenthesisDepth++;
        return this.take("leftParenthesis");
      case ")":
        this.parenthesisDepth--;
        return this.parenthesisDepth < 0 ? this.fail("unexpected right parenthesis") : this.take("rightParenthesis");
      case "+":
      case "-":
        return this.lexNumber();
    }
    if (isDigit(character)) return this.lexNumber();
    if (isAlphaNumeric(character)) return this.lexIdentifier();
    if (character < 0x80 && isPrintable(character)) return this.take("character");
    return this.fail(`unrecognized character in action: ${codePointName(character)}`);
  }

  /** The first space is behind us. A space before a trim marker belongs to the delimiter. */
  private lexSpace(): Token {
    while (isSpace(this.peek())) this.position++;
    if (this.source.startsWith(`-${rightDelimiter}`, this.position)) {
      this.position--;
      if (this.position === this.start) return this.lexRightDelimiter(trimMarkerLength + rightDelimiter.length);
    }
    return this.take("space");
  }

  private lexIdentifier(): Token {
    while (isAlphaNumeric(this.peek())) this.advance();
    const word = this.source.slice(this.start, this.position);
    if (!this.atTerminator()) return this.failAtCharacter();
    if (word === "true" || word === "false") return this.take("bool");
    if (!isKeyword(word)) return this.take("identifier");
    if (word === "break" && !this.options.breakIsKeyword) return this.take("identifier");
    if (word === "continue" && !this.options.continueIsKeyword) return this.take("identifier");
    return this.take(word);
  }

  private lexFieldOrVariable(type: "field" | "variable"): Token {
    if (this.atTerminator()) return this.take(type === "variable" ? "variable" : "dot");
    while (isAlphaNumeric(this.peek())) this.advance();
    if (!this.atTerminator()) return this.failAtCharacter();
    return this.take(type);
  }

  private atTerminator(): boolean {
    const next = this.peek();
    if (next === end || isSpace(next)) return true;
    return ".,|:)(".includes(String.fromCodePoint(next)) || this.source.startsWith(rightDelimiter, this.position);
  }

  private lexQuoted(quote: string, type: TokenType, failure: string): Token {
    for (;;) {
      let character = this.advance();
      if (character === 0x5c) {
        character = this.advance();
        if (character !== end && character !== 0x0a) continue;
      }
      if (character === end || character === 0x0a) return this.fail(failure);
      if (character === quote.charCodeAt(0)) return this.take(type);
    }
  }

  private lexRawString(): Token {
    const closing = this.source.indexOf("`", this.position);
    if (closing < 0) return this.fail("unterminated raw quoted string");
    this.position = closing + 1;
    return this.take("rawString");
  }

  private lexNumber(): Token {
    this.position = this.start;
    if (!this.scanNumber()) return this.failAtNumber();
    const sign = this.peek();
    if (sign !== 0x2b && sign !== 0x2d) return this.take("number");
    return this.scanNumber() && this.source[this.position - 1] === "i" ? this.take("complex") : this.failAtNumber();
  }

  /** Accepts too much (`089`, `0x0.2`): the parser, which knows the values, refuses the rest. */
  private scanNumber(): boolean {
    this.accept("+-");
    let digits = "0123456789_";
    if (this.accept("0")) {
      if (this.accept("xX")) digits = "0123456789abcdefABCDEF_";
      else if (this.accept("oO")) digits = "01234567_";
      else if (this.accept("bB")) digits = "01_";
    }
    const decimal = digits.length === 11;
    this.acceptRun(digits);
    if (this.accept(".")) this.acceptRun(digits);
    if ((decimal && this.accept("eE")) || (digits.length === 23 && this.accept("pP"))) {
      this.accept("+-");
      this.acceptRun("0123456789_");
    }
    this.accept("i");
    if (!isAlphaNumeric(this.peek())) return true;
    this.advance();
    return false;
  }

  private accept(valid: string): boolean {
    const next = this.source[this.position];
    if (next === undefined || !valid.includes(next)) return false;
    this.position++;
    return true;
  }

  private acceptRun(valid: string): void {
    while (this.accept(valid));
  }

  private peek(): number {
    return this.source.codePointAt(this.position) ?? end;
  }

  private advance(): number {
    const character = this.peek();
    if (character !== end) this.position += character > 0xffff ? 2 : 1;
    return character;
  }

  private skipSpaces(): void {
    while (isSpace(this.peek())) this.position++;
  }

  private trimmedEnd(start: number, from: number): number {
    let trimmed = from;
    while (trimmed > start && isSpace(this.source.charCodeAt(trimmed - 1))) trimmed--;
    return trimmed;
  }

  private hasLeftTrimMarker(offset: number): boolean {
    return this.source[offset] === "-" && isSpace(this.source.charCodeAt(offset + 1));
  }

  /** Length of the right delimiter at the position, with its trim marker; 0 if there is none. */
  private rightDelimiterLength(): number {
    if (this.source.startsWith(rightDelimiter, this.position)) return rightDelimiter.length;
    const trims =
      isSpace(this.source.charCodeAt(this.position)) && this.source.startsWith(`-${rightDelimiter}`, this.position + 1);
    return trims ? trimMarkerLength + rightDelimiter.length : 0;
  }

  private take(type: TokenType): Token {
    const token: Token = { type, offset: this.start, text: this.source.slice(this.start, this.position) };
    this.start = this.position;
    return token;
  }

  private fail(reason: string, offset = this.start): Token {
    this.failed = true;
    return { type: "error", offset, text: reason };
  }

  private failAtCharacter(): Token {
    return this.fail(`bad character ${codePointName(this.peek())}`, this.position);
  }

  private failAtNumber(): Token {
    return this.fail(`bad number syntax: ${JSON.stringify(this.source.slice(this.start, this.position))}`);
  }
}

function isDigit(codePoint: number): boolean {
  return codePoint >= 0x30 && codePoint <= 0x39;
}

function isKeyword(word: string): word is Keyword {
  return keywords.has(word);
}

/** As Go's `%#U`: `U+002B '+'`. */
function codePointName(codePoint: number): string {
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
  return isPrintable(codePoint) ? `${code} '${String.fromCodePoint(codePoint)}'` : code;
}
