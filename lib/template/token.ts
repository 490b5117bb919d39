/** What the lexer tells apart. */
export type TokenType =
  | "error"
  | "bool"
  | "character"
  | "characterConstant"
  | "complex"
  | "assign"
  | "declare"
  | "end of input"
  | "field"
  | "identifier"
  | "leftDelimiter"
  | "leftParenthesis"
  | "number"
  | "pipe"
  | "rawString"
  | "rightDelimiter"
  | "rightParenthesis"
  | "space"
  | "string"
  | "text"
  | "variable"
  | "dot"
  | Keyword;

export type Keyword =
  | "block"
  | "break"
  | "continue"
  | "define"
  | "else"
  | "end"
  | "if"
  | "nil"
  | "range"
  | "template"
  | "with";

export const keywords: ReadonlySet<string> = new Set<Keyword>([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "nil",
  "range",
  "template",
  "with",
]);

export interface Token {
  readonly type: TokenType;
  /** UTF-16 offset in the source. */
  readonly offset: number;
  /** As written; of an error, what is wrong. */
  readonly text: string;
}

/** The token as an error message shows it. */
export function describeToken(token: Token): string {
  if (token.type === "end of input") return "end of the template";
  if (token.type === "dot") return '"."';
  if (keywords.has(token.type)) return `{{${token.text}}}`;
  const characters = Array.from(token.text);
  return characters.length > 10 ? `${JSON.stringify(characters.slice(0, 10).join(""))}...` : JSON.stringify(token.text);
}
