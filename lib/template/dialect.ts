import { compileMustache } from "./mustache";
import { compileTemplate, type Template, type TemplateOptions } from "./template";

/** The languages that a template can be written in. */
export const templateDialects = ["gotemplate", "mustache"] as const;
export type TemplateDialect = (typeof templateDialects)[number];

/**
 * Compiles a template of either dialect.
 * @throws TemplateSyntaxError
 */
export function compileDialect(source: string, dialect: TemplateDialect, options: TemplateOptions = {}): Template {
  return dialect === "mustache" ? compileMustache(source, options) : compileTemplate(source, options);
}
