import { analyse, type TemplateAnalysis } from "./analysis";
import { Place, TemplateExecutionError } from "./errors";
import { type CompileSettings } from "./expression";
import { type MissingKey } from "./field";
import { defaultFunctions } from "./functions";
import { type ParsedTemplate } from "./node";
import { parseTemplate } from "./parser";
import { defaultLimits, Frame, missingVariable, Run, type TemplateLimits } from "./run";
import { bytesOf, textOf, toValidText } from "./sprig/bytes";
import { compileProgram, type Program } from "./statement";
import { type GoMap, type GoValue, MissingValue, type TemplateFunction } from "./value";

declare global {
  interface String {
    /** No lone surrogates. Node 20 has it, TypeScript's library for ES2023 does not know it. */
    isWellFormed(): boolean;
  }
}

export interface TemplateOptions {
  /** Default: {@link defaultFunctions}. */
  readonly functions?: ReadonlyMap<string, TemplateFunction>;
  /** Default: `strict`. */
  readonly missingKey?: MissingKey;
  readonly limits?: Partial<TemplateLimits>;
  /**
   * When an action that can only fail (a wrong number of arguments, a template that is not defined) is refused:
   * `early` (default) by {@link compileTemplate}; `late`, as Go has it, when it is executed, if it ever is.
   */
  readonly refuse?: "early" | "late";
}

/** A compiled template: compiled once, rendered with any data any number of times. */
export interface Template {
  readonly source: string;
  /** There is no action in it: it renders to its source. */
  readonly isLiteral: boolean;
  readonly analysis: TemplateAnalysis;
  /**
   * The text that the template makes of the data.
   * @throws TemplateExecutionError
   */
  render(data: ReadonlyMap<string, GoValue>): string;
  /**
   * Like {@link render}, but a template that is one expression (`{{ ... }}`) and nothing else keeps its value's type.
   * @throws TemplateExecutionError
   */
  evaluate(data: ReadonlyMap<string, GoValue>): GoValue;
}

/**
 * Compiles a Go template.
 * @throws TemplateSyntaxError
 */
export function compileTemplate(source: string, options: TemplateOptions = {}): Template {
  const functions = options.functions ?? defaultFunctions();
  const parsed = parseTemplate(source, functions);
  const settings: CompileSettings = {
    source,
    functions,
    missingKey: options.missingKey ?? "strict",
    refuse: options.refuse ?? "early",
  };
  return new CompiledTemplate(parsed, settings, { ...defaultLimits, ...options.limits });
}

class CompiledTemplate implements Template {
  readonly source: string;
  readonly isLiteral: boolean;
  private readonly program: Program;
  private readonly mutatesData: boolean;
  private analysed: TemplateAnalysis | undefined;

  constructor(
    private readonly parsed: ParsedTemplate,
    private readonly settings: CompileSettings,
    private readonly limits: TemplateLimits,
  ) {
    const { source, functions } = settings;
    this.source = source;
    this.isLiteral = !source.includes("{{");
    this.program = compileProgram(parsed, settings);
    this.mutatesData = Array.from(parsed.functions).some(name => functions.get(name)?.mutates === true);
  }

  get analysis(): TemplateAnalysis {
    this.analysed ??= analyse(this.parsed, this.settings);
    return this.analysed;
  }

  render(data: ReadonlyMap<string, GoValue>): string {
    if (this.isLiteral) return this.source;
    const { execute } = this.program;
    const run = new Run(this.limits);
    try {
      execute(new Frame(run, this.root(data)));
    } catch (error) {
      throw tooDeep(error);
    }
    return wellFormed(run.output);
  }

  evaluate(data: ReadonlyMap<string, GoValue>): GoValue {
    const { evaluate } = this.program;
    if (evaluate === undefined) return this.render(data);
    const run = new Run(this.limits);
    let value: GoValue;
    try {
      value = evaluate(new Frame(run, this.root(data)));
    } catch (error) {
      throw tooDeep(error);
    }
    if (value instanceof MissingValue) {
      throw missingVariable(value, new Place(this.source, this.parsed.body[0]?.offset ?? 0));
    }
    return typeof value === "string" ? wellFormed(value) : value;
  }

  /** The dot of the main template. Data that a function may change is copied, so that renders cannot see each other. */
  private root(data: ReadonlyMap<string, GoValue>): GoMap {
    if (this.mutatesData) return copyMap(data);
    return isMutableMap(data) ? data : new Map(data);
  }
}

/** An exhausted stack as an error of the template; any other error unchanged. */
function tooDeep(error: unknown): unknown {
  if (!(error instanceof RangeError) || !/call stack/i.test(error.message)) return error;
  return new TemplateExecutionError({ line: 1, column: 1 }, "templates or values are nested too deeply");
}

function isMutableMap(data: ReadonlyMap<string, GoValue>): data is GoMap {
  return data instanceof Map;
}

function copyMap(map: ReadonlyMap<string, GoValue>): GoMap {
  return new Map(Array.from(map, ([key, value]) => [key, copyValue(value)]));
}

function copyValue(value: GoValue): GoValue {
  if (Array.isArray(value)) return value.map(copyValue);
  // Objects such as times are never changed.
  return value instanceof Map && Object.getPrototypeOf(value) === Map.prototype ? copyMap(value) : value;
}

/** Bytes that met in the output and make a character together become one; what is no UTF-8 becomes U+FFFD. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : toValidText(textOf(bytesOf(text)));
}
