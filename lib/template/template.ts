import { analyse, type TemplateAnalysis } from "./analysis";
import { Place, TemplateExecutionError } from "./errors";
import { type CompileSettings } from "./expression";
import { type MissingKey } from "./field";
import { defaultFunctions } from "./functions";
import { type ActionNode, type ParsedTemplate } from "./node";
import { parseTemplate } from "./parser";
import { defaultLimits, type Evaluate, Frame, missingVariable, Run, type TemplateLimits } from "./run";
import { bytesOf, hasInvalidBytes, textOf, toValidText } from "./sprig/bytes";
import { compileProgram, compileSingle, type Program } from "./statement";
import { type GoMap, type GoValue, MissingValue, type TemplateFunction } from "./value";

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
  private readonly single: { readonly evaluate: Evaluate; readonly slots: number; readonly place: Place } | undefined;
  private analysed: TemplateAnalysis | undefined;
  private readonly mutatesData: boolean;

  constructor(
    private readonly parsed: ParsedTemplate,
    private readonly settings: CompileSettings,
    private readonly limits: TemplateLimits,
  ) {
    this.source = settings.source;
    this.isLiteral = !this.source.includes("{{");
    this.program = compileProgram(parsed.body, parsed.definitions, settings);
    const action = onlyAction(parsed);
    this.single = action && {
      ...compileSingle(action.pipe, settings),
      place: new Place(this.source, action.offset),
    };
    this.mutatesData =
      !this.isLiteral &&
      this.analysis.functions.some(name => mutating.has(name) || settings.functions.get(name)?.mutates);
  }

  get analysis(): TemplateAnalysis {
    this.analysed ??= analyse(this.parsed, this.settings);
    return this.analysed;
  }

  render(data: ReadonlyMap<string, GoValue>): string {
    if (this.isLiteral) return this.source;
    const run = new Run(this.limits);
    this.guarded(() => {
      this.program.execute(new Frame(run, this.root(data), this.program.slots));
    });
    return wellFormed(run.output);
  }

  evaluate(data: ReadonlyMap<string, GoValue>): GoValue {
    const { single } = this;
    if (single === undefined) return this.render(data);
    const run = new Run(this.limits);
    const value = this.guarded(() => single.evaluate(new Frame(run, this.root(data), single.slots)));
    if (value instanceof MissingValue) throw missingVariable(value, single.place);
    return typeof value === "string" ? wellFormed(value) : value;
  }

  /** The dot of the main template. Data that a function may change is copied, so that renders cannot see each other. */
  private root(data: ReadonlyMap<string, GoValue>): GoMap {
    if (this.mutatesData) return copyMap(data);
    return isMutableMap(data) ? data : new Map(data);
  }

  private guarded<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (error instanceof RangeError && /call stack/i.test(error.message)) {
        throw new TemplateExecutionError({ line: 1, column: 1 }, "templates or values are nested too deeply");
      }
      throw error;
    }
  }
}

function isMutableMap(data: ReadonlyMap<string, GoValue>): data is GoMap {
  return data instanceof Map;
}

/** Sprig's functions that change a map. */
const mutating: ReadonlySet<string> = new Set([
  "set",
  "unset",
  "merge",
  "mergeOverwrite",
  "mustMerge",
  "mustMergeOverwrite",
]);

function onlyAction({ body }: ParsedTemplate): ActionNode | undefined {
  const [node] = body;
  return body.length === 1 && node?.kind === "action" && node.pipe.declarations.length === 0 ? node : undefined;
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
  return hasInvalidBytes(text) ? toValidText(textOf(bytesOf(text))) : text;
}
