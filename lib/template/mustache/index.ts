import { type TemplateAnalysis } from "../analysis";
import { type MissingKey } from "../field";
import { defaultLimits, missingVariable, Run, type TemplateLimits } from "../run";
import { bytesOf, textOf, toValidText } from "../sprig/bytes";
import { type Template, type TemplateOptions } from "../template";
import { type GoValue, MissingValue } from "../value";
import { analyseMustache } from "./analysis";
import { type MustacheNode, parseMustache } from "./parser";
import { MustacheRenderer } from "./renderer";

/**
 * Compiles a Mustache template: variables, sections, inverted sections, comments and delimiters, as the mustache package
 * has them. Nothing is escaped, since this is no HTML; partials are refused, and no value is a function, so that none is called.
 * @throws TemplateSyntaxError
 */
export function compileMustache(
  source: string,
  options: Pick<TemplateOptions, "missingKey" | "limits"> = {},
): Template {
  const isLiteral = !source.includes("{{");
  const nodes: MustacheNode[] = isLiteral ? [] : parseMustache(source);
  return new MustacheTemplate(source, isLiteral, nodes, options.missingKey ?? "strict", {
    ...defaultLimits,
    ...options.limits,
  });
}

class MustacheTemplate implements Template {
  private analysed: TemplateAnalysis | undefined;

  constructor(
    readonly source: string,
    readonly isLiteral: boolean,
    private readonly nodes: readonly MustacheNode[],
    private readonly missingKey: MissingKey,
    private readonly limits: TemplateLimits,
  ) {}

  get analysis(): TemplateAnalysis {
    this.analysed ??= analyseMustache(this.nodes, this.source);
    return this.analysed;
  }

  render(data: ReadonlyMap<string, GoValue>): string {
    if (this.isLiteral) return this.source;
    const run = new Run(this.limits);
    new MustacheRenderer(run, this.missingKey).write(this.nodes, [new Map(data)]);
    return wellFormed(run.output);
  }

  evaluate(data: ReadonlyMap<string, GoValue>): GoValue {
    const [only, ...others] = this.nodes;
    if (only?.kind !== "variable" || others.length > 0) return this.render(data);
    const value = new MustacheRenderer(new Run(this.limits), this.missingKey).valueOf(only, [new Map(data)]);
    if (value instanceof MissingValue) throw missingVariable(value, only.place);
    return typeof value === "string" ? wellFormed(value) : value;
  }
}

/** What is no UTF-8 becomes U+FFFD, as in the other dialect. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : toValidText(textOf(bytesOf(text)));
}
