import { describe, expect, it } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { builtins } from "./builtins";
import { compileTemplate, type GoValue, type MissingKey, TemplateExecutionError, TemplateSyntaxError } from "./index";
import { goValue } from "./testdata/go-value";

/**
 * What Go 1.26's text/template made of each template, recorded: the output, or the error with its line, and whether it
 * came when the template was parsed or, `late`, when it was executed. Go has only its built-in functions here.
 */
interface Corpus {
  readonly missingKey: MissingKey;
  readonly data: Readonly<Record<string, unknown>>;
  readonly cases: readonly CorpusCase[];
}

interface CorpusCase {
  readonly template: string;
  readonly output?: string;
  readonly error?: string;
  readonly line?: number;
  readonly late?: true;
}

function outcome(template: string, missingKey: MissingKey, data: ReadonlyMap<string, GoValue>): object {
  try {
    return { output: compileTemplate(template, { missingKey, functions: builtins, refuse: "late" }).render(data) };
  } catch (error) {
    if (error instanceof TemplateExecutionError) return { line: error.line, late: true };
    if (error instanceof TemplateSyntaxError) return { line: error.line };
    throw error;
  }
}

function expected({ output, line, late }: CorpusCase): object {
  if (output !== undefined) return { output };
  return late === true ? { line, late } : { line };
}

const directory = join(__dirname, "testdata");

describe.each(readdirSync(directory).filter(file => file.endsWith(".json")))("as Go renders it: %s", file => {
  const { missingKey, data, cases } = JSON.parse(readFileSync(join(directory, file), "utf8")) as Corpus;
  const variables = new Map(Object.entries(data).map(([name, value]) => [name, goValue(value)]));

  it.each(cases)("$template", each => {
    expect(outcome(each.template, missingKey, variables)).toEqual(expected(each));
  });
});
