import { Place } from "./errors";
import { Lexer, type LexerOptions } from "./lexer";
import { describeToken, type Token, type TokenType } from "./token";

/** The tokens of a template, with as much looking ahead as the grammar needs, and the errors that point at them. */
export class TokenStream {
  private readonly lexer: Lexer;
  protected readonly lookahead: Token[] = [];
  /** Where the action at hand begins. */
  protected actionOffset = 0;

  constructor(
    protected readonly source: string,
    options: LexerOptions,
  ) {
    this.lexer = new Lexer(source, options);
  }

  protected next(): Token {
    return this.lookahead.pop() ?? this.lexer.next();
  }

  protected peek(): Token {
    const token = this.next();
    this.lookahead.push(token);
    return token;
  }

  protected nextNonSpace(): Token {
    for (;;) {
      const token = this.next();
      if (token.type !== "space") return token;
    }
  }

  protected peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.lookahead.push(token);
    return token;
  }

  protected expect(type: TokenType, context: string): Token {
    const token = this.nextNonSpace();
    return token.type === type ? token : this.unexpected(token, context);
  }

  protected fail(reason: string, offset: number): never {
    throw new Place(this.source, offset).syntaxError(reason);
  }

  protected unexpected(token: Token, context: string): never {
    if (token.type === "error") this.fail(token.text + this.actionStart(token), token.offset);
    const hint = this.mustacheHint(token);
    this.fail(`unexpected ${describeToken(token)} in ${context}${hint}`, token.offset);
  }

  /** An action that is never closed is noticed lines later; say where it began. */
  private actionStart(token: Token): string {
    const began = new Place(this.source, this.actionOffset).position;
    const noticed = new Place(this.source, token.offset).position;
    return began.line === noticed.line ? "" : `; the action began in line ${began.line}, column ${began.column}`;
  }

  private mustacheHint(token: Token): string {
    if (token.type !== "character" || !"#/^>&{!".includes(token.text)) return "";
    const before = this.source.slice(this.actionOffset + 2, token.offset);
    return before.trim() === "" ? ": this looks like Mustache, but the template is a Go template" : "";
  }
}
