import { compileDialect, type TemplateDialect } from "./dialect";
import { type Template, type TemplateOptions } from "./template";

/** Compiled templates by their dialect and source; the one that was not used for longest gives way. */
export class TemplateCache {
  private readonly templates = new Map<string, Template>();

  /** @param limit how many templates are kept, at least one */
  constructor(
    private readonly limit: number,
    private readonly options: TemplateOptions = {},
  ) {
    if (!Number.isInteger(limit) || limit < 1)
      throw new RangeError(`a template cache keeps at least 1 template, not ${limit}`);
  }

  /** How many templates are kept now. */
  get size(): number {
    return this.templates.size;
  }

  /** @throws TemplateSyntaxError; a template that does not compile is not kept */
  compile(source: string, dialect: TemplateDialect = "gotemplate"): Template {
    const key = `${dialect} ${source}`;
    const known = this.templates.get(key);
    const template = known ?? compileDialect(source, dialect, this.options);
    // A Map keeps the order of insertion: used last, it goes last.
    if (known !== undefined) this.templates.delete(key);
    this.templates.set(key, template);
    const [oldest] = this.templates.keys();
    if (this.templates.size > this.limit && oldest !== undefined) this.templates.delete(oldest);
    return template;
  }
}
