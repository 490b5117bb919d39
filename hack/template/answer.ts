import {
  defaultFunctions,
  type GoMap,
  type MissingKey,
  TemplateCache,
  type TemplateDialect,
  templateDialects,
  TemplateExecutionError,
  TemplateSyntaxError,
} from "../../lib/template";
import { JsonText } from "./json-data";

/** What became of one line of input; line and column are places of the template, 0 where the line itself was refused. */
export type Answer =
  | { readonly output: string }
  | { readonly error: string; readonly line: number; readonly column: number };

const modes: ReadonlySet<string> = new Set<MissingKey>(["strict", "error", "zero", "invalid", "default"]);

/** Templates of a corpus hardly ever repeat; a form's do. */
const keptTemplates = 1_000;

/** Renders lines of `npm run template -- --ndjson`. */
export class Answerer {
  private readonly caches = new Map<MissingKey, TemplateCache>();

  /** @returns one answer, whatever the line is */
  answer(line: string): Answer {
    try {
      return this.render(new JsonText(line));
    } catch (error) {
      if (error instanceof TemplateSyntaxError || error instanceof TemplateExecutionError)
        return { error: error.reason, line: error.line, column: error.column };
      if (error instanceof SyntaxError) return refusal("is no JSON");
      if (error instanceof LineError) return refusal(error.message);
      // A defect of the engine; the other lines have their answers all the same.
      return { error: `the template engine failed: ${String(error)}`, line: 0, column: 0 };
    }
  }

  private render(text: JsonText): Answer {
    const template = text.field("template")?.value;
    if (typeof template !== "string") throw new LineError('needs "template", a text');
    const missingKey = text.field("missingkey")?.value ?? "strict";
    if (!isMissingKey(missingKey)) throw new LineError(`has a "missingkey" that is none of ${[...modes].join(", ")}`);
    const dialect = text.field("dialect")?.value ?? "gotemplate";
    if (!isDialect(dialect)) throw new LineError(`has a "dialect" that is none of ${templateDialects.join(", ")}`);
    return { output: this.cache(missingKey).compile(template, dialect).render(dataOf(text)) };
  }

  private cache(missingKey: MissingKey): TemplateCache {
    let cache = this.caches.get(missingKey);
    if (cache === undefined) {
      // As Go does it, what could never work is refused only when it is executed.
      cache = new TemplateCache(keptTemplates, { missingKey, refuse: "late", functions: defaultFunctions() });
      this.caches.set(missingKey, cache);
    }
    return cache;
  }
}

/** A line that asks for nothing that could be rendered. */
class LineError extends Error {}

const refusal = (reason: string): Answer => ({ error: `the line ${reason}`, line: 0, column: 0 });

function isDialect(value: unknown): value is TemplateDialect {
  return templateDialects.some(each => each === value);
}

function isMissingKey(value: unknown): value is MissingKey {
  return typeof value === "string" && modes.has(value);
}

function dataOf(text: JsonText): GoMap {
  const data = text.field("data");
  if (data === undefined) return new Map();
  if (typeof data.value !== "object" || data.value === null || Array.isArray(data.value))
    throw new LineError('has "data" that is no object');
  return text.map(data.value);
}
