import { type CommandNode, describeOperand, type OperandNode, type PipeNode, type VariableNode } from "./node";
import { NumberSyntaxError, parseCharacterLiteral, parseNumberLiteral } from "./number";
import { unquoteString } from "./quote";
import { nearestName } from "./suggestion";
import { type Token, type TokenType } from "./token";
import { TokenStream } from "./token-stream";

export type PipelineContext =
  | "command"
  | "if"
  | "with"
  | "range"
  | "block clause"
  | "template clause"
  | "parenthesized pipeline";

/** Nesting that the recursive parser and the compiled closures bear without exhausting the stack. */
const maximumNesting = 400;

const startsCommand: ReadonlySet<TokenType> = new Set<TokenType>([
  "bool",
  "characterConstant",
  "complex",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "rawString",
  "string",
  "variable",
  "leftParenthesis",
]);

/** Parses pipelines and what they are made of. */
export class ExpressionParser extends TokenStream {
  /** Variables in sight, as Go's parser sees them: the compiler is stricter. */
  protected variables = ["$"];
  protected readonly called = new Set<string>();
  private nesting = 0;

  constructor(
    source: string,
    private readonly functions: ReadonlyMap<string, unknown>,
  ) {
    super(source, { breakIsKeyword: !functions.has("break"), continueIsKeyword: !functions.has("continue") });
  }

  protected enter(offset: number): void {
    if (++this.nesting > maximumNesting) this.fail("maximum nesting depth exceeded", offset);
  }

  protected leave(): void {
    this.nesting--;
  }

  protected pipeline(context: PipelineContext, end: TokenType): PipeNode {
    const offset = this.peekNonSpace().offset;
    const [declarations, isAssignment] = this.declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.nextNonSpace();
      if (token.type === end) break;
      if (!startsCommand.has(token.type)) this.unexpected(token, context);
      this.lookahead.push(token);
      commands.push(this.command());
    }
    if (commands.length === 0) this.fail(`missing value for ${context}`, offset);
    for (const [index, command] of commands.entries()) {
      const first = command.operands[0].kind;
      const isValue =
        first === "bool" || first === "dot" || first === "nil" || first === "number" || first === "string";
      if (index > 0 && isValue) this.fail(`non executable command in pipeline stage ${index + 1}`, command.offset);
    }
    return { kind: "pipe", offset, declarations, isAssignment, commands };
  }

  private declarations(context: PipelineContext): [VariableNode[], boolean] {
    const declared: VariableNode[] = [];
    for (;;) {
      const variable = this.peekNonSpace();
      if (variable.type !== "variable") return [declared, false];
      this.next();
      const after = this.peek();
      const next = this.peekNonSpace();
      const isComma = next.type === "character" && next.text === ",";
      if (next.type !== "assign" && next.type !== "declare" && !isComma) {
        // Only an argument: put back what was read, the space too, because it separates arguments.
        if (after.type === "space") this.lookahead.push(after);
        this.lookahead.push(variable);
        return [declared, false];
      }
      this.nextNonSpace();
      declared.push({ kind: "variable", offset: variable.offset, name: variable.text, path: [] });
      this.variables.push(variable.text);
      if (!isComma) return [declared, next.type === "assign"];
      if (context !== "range" || declared.length >= 2) this.fail(`too many declarations in ${context}`, next.offset);
      const second = this.peekNonSpace();
      const fits = second.type === "variable" || second.type === "rightDelimiter" || second.type === "rightParenthesis";
      if (!fits) this.fail("range can only initialize variables", second.offset);
    }
  }

  private command(): CommandNode {
    const offset = this.peekNonSpace().offset;
    const operands: OperandNode[] = [];
    for (;;) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.next();
      if (token.type === "space") continue;
      if (token.type === "rightDelimiter" || token.type === "rightParenthesis") this.lookahead.push(token);
      else if (token.type !== "pipe") this.unexpected(token, "operand");
      break;
    }
    const [first, ...rest] = operands;
    if (first === undefined) this.fail("empty command", offset);
    return { kind: "command", offset, operands: [first, ...rest] };
  }

  private operand(): OperandNode | undefined {
    const term = this.term();
    if (term === undefined || this.peek().type !== "field") return term;
    const offset = this.peek().offset;
    const path: string[] = [];
    while (this.peek().type === "field") path.push(this.next().text.slice(1));
    const [first, ...rest] = path;
    if (first === undefined) return term;
    switch (term.kind) {
      case "field":
        return { ...term, path: [...term.path, ...path] };
      case "variable":
        return { ...term, path: [...term.path, ...path] };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        return this.fail(`unexpected . after term ${describeOperand(term)}`, offset);
      default:
        return { kind: "chain", offset: term.offset, base: term, path: [first, ...rest], pathOffset: offset };
    }
  }

  private term(): OperandNode | undefined {
    const token = this.nextNonSpace();
    const { offset, text } = token;
    switch (token.type) {
      case "identifier":
        if (!this.functions.has(text)) this.unknownFunction(token);
        this.called.add(text);
        return { kind: "identifier", offset, name: text };
      case "dot":
        return { kind: "dot", offset };
      case "nil":
        return { kind: "nil", offset };
      case "variable":
        if (!this.variables.includes(text)) this.fail(`undefined variable ${JSON.stringify(text)}`, offset);
        return { kind: "variable", offset, name: text, path: [] };
      case "field":
        return { kind: "field", offset, path: [text.slice(1)] };
      case "bool":
        return { kind: "bool", offset, value: text === "true" };
      case "characterConstant":
      case "complex":
      case "number":
        return this.number(token);
      case "leftParenthesis": {
        this.enter(offset);
        const pipe = this.pipeline("parenthesized pipeline", "rightParenthesis");
        this.leave();
        return pipe;
      }
      case "string":
      case "rawString":
        return { kind: "string", offset, value: this.stringValue(token), literal: text };
      default:
        this.lookahead.push(token);
        return undefined;
    }
  }

  private number(token: Token): OperandNode {
    try {
      const literal =
        token.type === "characterConstant" ? parseCharacterLiteral(token.text) : parseNumberLiteral(token.text);
      return { kind: "number", offset: token.offset, literal };
    } catch (error) {
      if (error instanceof NumberSyntaxError) this.fail(error.message, token.offset);
      throw error;
    }
  }

  protected stringValue(token: Token): string {
    return unquoteString(token.text) ?? this.fail(`invalid escape in string ${token.text}`, token.offset);
  }

  private unknownFunction(token: Token): never {
    const name = token.text;
    const rest = this.source.slice(token.offset + name.length);
    const before = this.source.slice(this.actionOffset, token.offset);
    const alone = /^\{\{(-\s)?\s*$/.test(before) && /^[\w.]*\s*(-?\}\}|\|)/.test(rest);
    const near = alone ? undefined : nearestName(name, this.functions.keys());
    const path = /^[\w.]*/.exec(rest)?.[0] ?? "";
    const hint = alone
      ? ` (did you mean {{ .${name}${path} }}?)`
      : near === undefined
        ? ""
        : ` (did you mean ${JSON.stringify(near)}?)`;
    return this.fail(`unknown function ${JSON.stringify(name)}${hint}`, token.offset);
  }
}
