import { compileDialect, type TemplateDialect, TemplateExecutionError, TemplateSyntaxError } from "../../template";

/** What a template renders to for every row; undefined when that depends on the row, or the template is broken. */
export function fixedText(source: string, dialect: TemplateDialect): string | undefined {
  try {
    const template = compileDialect(source, dialect);
    if (template.isLiteral) return source;
    const { variables, readsWholeData, nonDeterministic } = template.analysis;
    return variables.length > 0 || readsWholeData || nonDeterministic ? undefined : template.render(new Map());
  } catch (error) {
    if (error instanceof TemplateSyntaxError || error instanceof TemplateExecutionError) return undefined;
    throw error;
  }
}
