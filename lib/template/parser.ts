import { Place } from "./errors";
import { Lexer } from "./lexer";
import {
  type ActionNode,
  type BranchNode,
  type CommandNode,
  describeOperand,
  type InvocationNode,
  type JumpNode,
  type OperandNode,
  type ParsedTemplate,
  type PipeNode,
  type StatementNode,
  type VariableNode,
} from "./node";
import { NumberSyntaxError, parseCharacterLiteral, parseNumberLiteral } from "./number";
import { unquoteString } from "./quote";
import { nearestName } from "./suggestion";
import { describeToken, type Token, type TokenType } from "./token";

type Context = "command" | "if" | "with" | "range" | "block clause" | "template clause" | "parenthesized pipeline";
type ListEnd = { readonly kind: "end" } | { readonly kind: "else"; readonly followedBy: "if" | "with" | undefined };

/** State that a definition starts anew: its variables, and whether break and continue have a loop. */
interface Scope {
  variables: string[];
  rangeDepth: number;
}

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

/**
 * Parses by the grammar of Go's text/template/parse.
 * @throws TemplateSyntaxError
 */
export function parseTemplate(source: string, functions: ReadonlyMap<string, unknown>): ParsedTemplate {
  return new Parser(source, functions).parse();
}

class Parser {
  private readonly lexer: Lexer;
  private readonly lookahead: Token[] = [];
  private readonly definitions = new Map<string, readonly StatementNode[]>();
  private scope: Scope = { variables: ["$"], rangeDepth: 0 };
  private nesting = 0;
  private actionOffset = 0;

  constructor(
    private readonly source: string,
    private readonly functions: ReadonlyMap<string, unknown>,
  ) {
    this.lexer = new Lexer(source, {
      breakIsKeyword: !functions.has("break"),
      continueIsKeyword: !functions.has("continue"),
    });
  }

  parse(): ParsedTemplate {
    const body: StatementNode[] = [];
    while (this.peek().type !== "end of input") {
      if (this.peek().type === "leftDelimiter") {
        const delimiter = this.next();
        const space = this.peek();
        const keyword = this.nextNonSpace();
        if (keyword.type === "define") {
          this.actionOffset = delimiter.offset;
          this.inNewScope(() => {
            this.definition(keyword);
          });
          continue;
        }
        this.lookahead.push(keyword);
        if (space !== keyword) this.lookahead.push(space);
        this.lookahead.push(delimiter);
      }
      const node = this.textOrAction();
      if (node.kind === "end" || node.kind === "else") {
        this.fail(`unexpected {{${node.kind}}}: nothing is open that it could belong to`, this.actionOffset);
      }
      body.push(node);
    }
    return { body, definitions: this.definitions };
  }

  // Tokens

  private next(): Token {
    return this.lookahead.pop() ?? this.lexer.next();
  }

  private peek(): Token {
    const token = this.next();
    this.lookahead.push(token);
    return token;
  }

  private nextNonSpace(): Token {
    for (;;) {
      const token = this.next();
      if (token.type !== "space") return token;
    }
  }

  private peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.lookahead.push(token);
    return token;
  }

  private expect(type: TokenType, context: string): Token {
    const token = this.nextNonSpace();
    return token.type === type ? token : this.unexpected(token, context);
  }

  private fail(reason: string, offset: number): never {
    throw new Place(this.source, offset).syntaxError(reason);
  }

  private unexpected(token: Token, context: string): never {
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

  private enter(offset: number): void {
    if (++this.nesting > maximumNesting) this.fail("maximum nesting depth exceeded", offset);
  }

  private inNewScope(parse: () => void): void {
    const outer = this.scope;
    this.scope = { variables: ["$"], rangeDepth: 0 };
    parse();
    this.scope = outer;
  }

  // Statements

  private definition(keyword: Token): void {
    const context = "define clause";
    const name = this.templateName(this.nextNonSpace(), context);
    this.expect("rightDelimiter", context);
    const [body, end] = this.statements();
    if (end.kind !== "end") this.fail(`unexpected {{else}} in ${context}`, this.actionOffset);
    this.define(name, body, keyword.offset);
  }

  /** Of two definitions with one name, one must be empty; the other counts. */
  private define(name: string, body: readonly StatementNode[], offset: number): void {
    const existing = this.definitions.get(name);
    if (existing === undefined || isBlank(existing)) this.definitions.set(name, body);
    else if (!isBlank(body)) this.fail(`multiple definition of template ${JSON.stringify(name)}`, offset);
  }

  private statements(): [StatementNode[], ListEnd] {
    const opened = this.actionOffset;
    const list: StatementNode[] = [];
    while (this.peekNonSpace().type !== "end of input") {
      const node = this.textOrAction();
      if (node.kind === "end" || node.kind === "else") return [list, node];
      list.push(node);
    }
    const { line, column } = new Place(this.source, opened).position;
    const missing = `the action of line ${line}, column ${column} has no {{end}}`;
    return this.fail(`unexpected end of the template: ${missing}`, this.peek().offset);
  }

  private textOrAction(): StatementNode | ListEnd {
    const token = this.nextNonSpace();
    if (token.type === "text") return { kind: "text", offset: token.offset, text: token.text };
    if (token.type !== "leftDelimiter") this.unexpected(token, "input");
    this.actionOffset = token.offset;
    return this.action();
  }

  private action(): StatementNode | ListEnd {
    const token = this.nextNonSpace();
    switch (token.type) {
      case "block":
        return this.block(token);
      case "break":
      case "continue":
        return this.jump(token, token.type);
      case "else":
        return this.otherwise();
      case "end":
        this.expect("rightDelimiter", "end");
        return { kind: "end" };
      case "if":
      case "with":
      case "range":
        return this.branch(token, token.type);
      case "template":
        return this.invocation();
      default: {
        this.lookahead.push(token);
        const pipe = this.pipeline("command", "rightDelimiter");
        const node: ActionNode = { kind: "action", offset: token.offset, pipe };
        return node;
      }
    }
  }

  private jump(token: Token, kind: "break" | "continue"): JumpNode {
    this.expect("rightDelimiter", `{{${kind}}}`);
    if (this.scope.rangeDepth === 0) this.fail(`{{${kind}}} outside {{range}}`, token.offset);
    return { kind, offset: token.offset };
  }

  private otherwise(): ListEnd {
    const { type } = this.peekNonSpace();
    // `else if` and `else with` are one statement inside the else part; its end closes both.
    if (type === "if" || type === "with") return { kind: "else", followedBy: type };
    this.expect("rightDelimiter", "else");
    return { kind: "else", followedBy: undefined };
  }

  private branch(keyword: Token, kind: "if" | "with" | "range"): BranchNode {
    this.enter(keyword.offset);
    const variables = this.scope.variables.length;
    const opened = this.actionOffset;
    const pipe = this.pipeline(kind, "rightDelimiter");
    if (kind === "range") this.scope.rangeDepth++;
    const [body, end] = this.statements();
    if (kind === "range") this.scope.rangeDepth--;
    let otherwise: readonly StatementNode[] | undefined;
    if (end.kind === "else") {
      if (end.followedBy !== undefined && end.followedBy === kind) {
        otherwise = [this.branch(this.nextNonSpace(), kind)];
      } else {
        this.refuseForeignElse(end.followedBy, kind);
        const elseOffset = this.actionOffset;
        this.actionOffset = opened;
        const [list, last] = this.statements();
        if (last.kind !== "end") this.fail("expected {{end}}, found {{else}}", this.actionOffset);
        this.actionOffset = elseOffset;
        otherwise = list;
      }
    }
    this.scope.variables.length = variables;
    this.nesting--;
    return { kind, offset: keyword.offset, pipe, body, otherwise };
  }

  /** `else with` in an if: Go takes the word for the else part's first token and fails on it. */
  private refuseForeignElse(followedBy: string | undefined, kind: string): void {
    if (followedBy === undefined) return;
    const token = this.nextNonSpace();
    this.fail(`unexpected {{${token.text}}} in input: {{else ${followedBy}}} cannot follow {{${kind}}}`, token.offset);
  }

  private block(keyword: Token): InvocationNode {
    const context = "block clause";
    this.enter(keyword.offset);
    const nameToken = this.nextNonSpace();
    const name = this.templateName(nameToken, context);
    const pipe = this.pipeline(context, "rightDelimiter");
    this.inNewScope(() => {
      const [body, end] = this.statements();
      if (end.kind !== "end") this.fail(`unexpected {{else}} in ${context}`, this.actionOffset);
      this.define(name, body, keyword.offset);
    });
    this.nesting--;
    return { kind: "template", offset: nameToken.offset, name, pipe };
  }

  private invocation(): InvocationNode {
    const context = "template clause";
    const nameToken = this.nextNonSpace();
    const name = this.templateName(nameToken, context);
    const next = this.nextNonSpace();
    const { offset } = nameToken;
    if (next.type === "rightDelimiter") return { kind: "template", offset, name, pipe: undefined };
    this.lookahead.push(next);
    return { kind: "template", offset, name, pipe: this.pipeline(context, "rightDelimiter") };
  }

  private templateName(token: Token, context: string): string {
    return token.type === "string" || token.type === "rawString"
      ? this.stringValue(token)
      : this.unexpected(token, context);
  }

  // Expressions

  private pipeline(context: Context, end: TokenType): PipeNode {
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

  private declarations(context: Context): [VariableNode[], boolean] {
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
      this.scope.variables.push(variable.text);
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
        return { kind: "identifier", offset, name: text };
      case "dot":
        return { kind: "dot", offset };
      case "nil":
        return { kind: "nil", offset };
      case "variable":
        if (!this.scope.variables.includes(text)) this.fail(`undefined variable ${JSON.stringify(text)}`, offset);
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
        this.nesting--;
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

  private stringValue(token: Token): string {
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

/** Nothing but white space: such a definition gives way to another of its name. */
function isBlank(list: readonly StatementNode[]): boolean {
  return list.every(node => node.kind === "text" && /^[\s\u0085]*$/.test(node.text));
}
