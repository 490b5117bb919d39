import { RE2JS } from "re2js";

/** A regular expression as Ajv uses it; it knows equal ones by their toString. */
interface LinearPattern {
  readonly test: (text: string) => boolean;
  readonly toString: () => string;
}

function compile(pattern: string): LinearPattern {
  const compiled = RE2JS.compile(pattern);
  return { test: text => compiled.matcher(text).find(), toString: () => pattern };
}

/** Ajv's `code.regExp`: regular expressions as Go has them (RE2), which no text can make slow. */
export const linearRegExp = Object.assign(compile, { code: "linearRegExp" });
