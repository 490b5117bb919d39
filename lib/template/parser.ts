import { Place } from "./errors";
import { ExpressionParser } from "./expression-parser";
import {
  type ActionNode,
  type BranchNode,
  type InvocationNode,
  type JumpNode,
  type ParsedTemplate,
  type StatementNode,
} from "./node";
import { type Token } from "./token";

type ListEnd = { readonly kind: "end" } | { readonly kind: "else"; readonly followedBy: "if" | "with" | undefined };

/**
 * Parses by the grammar of Go's text/template/parse.
 * @throws TemplateSyntaxError
 */
export function parseTemplate(source: string, functions: ReadonlyMap<string, unknown>): ParsedTemplate {
  return new Parser(source, functions).parse();
}

class Parser extends ExpressionParser {
  private readonly definitions = new Map<string, readonly StatementNode[]>();
  private rangeDepth = 0;

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
    return { body, definitions: this.definitions, functions: this.called };
  }

  /** A definition sees no variables from outside, and no loop. */
  private inNewScope(parse: () => void): void {
    const { variables, rangeDepth } = this;
    this.variables = ["$"];
    this.rangeDepth = 0;
    parse();
    this.variables = variables;
    this.rangeDepth = rangeDepth;
  }

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
    if (this.rangeDepth === 0) this.fail(`{{${kind}}} outside {{range}}`, token.offset);
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
    const variables = this.variables.length;
    const opened = this.actionOffset;
    const pipe = this.pipeline(kind, "rightDelimiter");
    if (kind === "range") this.rangeDepth++;
    const [body, end] = this.statements();
    if (kind === "range") this.rangeDepth--;
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
    this.variables.length = variables;
    this.leave();
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
    this.leave();
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
}

/** Nothing but white space: such a definition gives way to another of its name. */
function isBlank(list: readonly StatementNode[]): boolean {
  return list.every(node => node.kind === "text" && /^[\s\u0085]*$/.test(node.text));
}
