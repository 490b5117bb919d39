import { Expressions } from "./expression";
import { text } from "./literals";
import { type Random } from "./random";
import { Scope } from "./scope";

const deepest = 3;
const types = ["string", "string", "string", "any", "int", "int64", "bool", "float64", "list", "dict"];
const symbols = [
  "{{",
  "}}",
  "{{end}}",
  "{{else}}",
  "|",
  "(",
  ")",
  '"',
  ".",
  "$",
  ":=",
  " ",
  "-",
  "{{-",
  "0",
  "nil",
  ",",
  "`",
  "'",
];

/** Makes templates by the grammar of text/template; some are broken afterwards. */
export class Templates {
  private readonly expressions: Expressions;
  /** The template in the making defines one named t. */
  private defined = false;

  constructor(private readonly random: Random) {
    this.expressions = new Expressions(random);
  }

  template(): string {
    const { random } = this;
    const scope = Scope.outermost();
    this.defined = random.chance(0.1);
    const definitions = this.defined ? this.definition() : "";
    const body = definitions + this.list(scope, 1, random.chance(0.5) ? 1 : 4);
    return random.chance(0.12) ? this.broken(body) : body;
  }

  private list(outer: Scope, least: number, most: number): string {
    const scope = outer.branch();
    return this.random.times(least, most, () => this.statement(scope)).join("");
  }

  private statement(scope: Scope): string {
    const { random } = this;
    const choice = scope.depth >= deepest ? random.integer(0, 13) : random.integer(0, scope.mayInvoke ? 19 : 18);
    if (choice < 3) return this.text();
    if (choice < 11) return this.action(this.expressions.pipeline(random.pick(types), scope));
    if (choice < 13) return this.assignment(scope);
    if (choice === 13) return this.rare(scope);
    if (choice < 16) return this.branch("if", scope);
    if (choice < 17) return this.branch("with", scope);
    if (choice < 19) return this.range(scope);
    return this.invocation(scope);
  }

  /** Text that cannot begin an action. */
  private text(): string {
    return this.random.chance(0.5)
      ? this.random.pick(["-", " ", "\n", " a ", ": ", "}}", "é\n  "])
      : text(this.random).replaceAll("{{", "{ {");
  }

  private action(content: string): string {
    const { random } = this;
    const open = random.chance(0.12) ? "{{- " : random.pick(["{{ ", "{{", "{{\n"]);
    const close = random.chance(0.12) ? " -}}" : random.pick([" }}", "}}", "\t}}"]);
    return `${open}${content}${close}`;
  }

  private assignment(scope: Scope): string {
    const { random, expressions } = this;
    const value = expressions.pipeline(random.pick(types), scope);
    if (random.chance(0.7)) return this.action(`${scope.declare(random)} := ${value}`);
    return this.action(`${scope.variable(random)} = ${value}`);
  }

  private rare(scope: Scope): string {
    const { random } = this;
    if (scope.insideLoop && random.chance(0.7)) return this.action(random.pick(["break", "continue"]));
    return random.pick([
      "{{/* c */}}",
      "{{- /* c */ -}}",
      "{{- /* c\n */}}",
      "{{- /* é */}}",
      "{{/* {{ */ -}}",
      "{{ break }}",
      "{{ }}",
    ]);
  }

  private branch(keyword: "if" | "with", outer: Scope): string {
    const { random, expressions } = this;
    const scope = outer.inner();
    const condition = () => {
      const declares = random.chance(0.15);
      const value = expressions.pipeline(random.pick(["bool", "bool", "string", "any", "int", "list"]), scope);
      return declares ? `${scope.declare(random)} := ${value}` : value;
    };
    let made = this.action(`${keyword} ${condition()}`) + this.list(scope, 1, 2);
    while (random.chance(0.2)) made += this.action(`else ${keyword} ${condition()}`) + this.list(scope, 1, 2);
    if (random.chance(0.5)) made += this.action("else") + this.list(outer.inner(), 1, 2);
    return made + this.action("end");
  }

  private range(outer: Scope): string {
    const { random, expressions } = this;
    const scope = outer.inner(true);
    const over = random.chance(0.8)
      ? random.pick([
          ".list",
          ".words",
          ".map",
          ".settings",
          "3",
          "(list 1 2 3)",
          '(dict "b" 1 "a" 2)',
          ".none",
          "(until 3)",
        ])
      : expressions.collection(outer);
    const variables = random.pick(["", "", "one", "two"]);
    const declared =
      variables === ""
        ? ""
        : variables === "one"
          ? `${scope.declare(random)} := `
          : `${scope.declare(random)}, ${scope.declare(random)} := `;
    const otherwise = random.chance(0.25) ? this.action("else") + this.list(outer.inner(), 1, 2) : "";
    return this.action(`range ${declared}${over}`) + this.list(scope, 1, 3) + otherwise + this.action("end");
  }

  private definition(): string {
    return `{{ define "t" }}${this.list(Scope.ofDefinition(), 1, 2)}{{ end }}`;
  }

  private invocation(scope: Scope): string {
    const { random, expressions } = this;
    const dot = random.chance(0.5) ? "." : expressions.pipeline("any", scope);
    if (random.chance(this.defined ? 0.7 : 0.1))
      return this.action(`template "${random.chance(0.9) && this.defined ? "t" : "nope"}" ${dot}`);
    return this.action(`block "b" ${dot}`) + this.list(Scope.ofDefinition(), 1, 2) + this.action("end");
  }

  /** One mistake somewhere. */
  private broken(template: string): string {
    const { random } = this;
    const from = random.integer(0, template.length);
    const to = Math.min(template.length, from + random.integer(0, 3));
    const cut = template.slice(0, from) + (random.chance(0.6) ? random.pick(symbols) : "") + template.slice(to);
    // Half of a surrogate pair is no text that could be sent.
    return cut.replace(/\p{Surrogate}/gu, "");
  }
}
