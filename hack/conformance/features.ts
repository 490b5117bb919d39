import { defaultFunctions } from "../../lib/template";

const actions: ReadonlySet<string> = new Set("if else range break continue with define template block end".split(" "));

/** What a template makes use of, for counting. */
export interface Features {
  /** Names of functions, as far as there are such. */
  readonly functions: readonly string[];
  readonly actions: readonly string[];
  /** Verbs of printf's formats, such as `%x`. */
  readonly verbs: readonly string[];
}

const action = /\{\{(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|[^}"'`]|\}(?!\}))*\}\}/g;
const literal = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'/g;
const verb = /%[-+# 0]*(?:\[\d+\])?(?:\d+|\*)?(?:\.(?:\d+|\*)?)?([a-zA-Z%])/g;

/** Reads them off the text, for the sake of templates that cannot be parsed, too. */
export function featuresOf(template: string): Features {
  const inside = template.match(action) ?? [];
  const words = new Set(
    inside.flatMap(
      text =>
        // A name after a point or a dollar is a field or a variable.
        text.replace(literal, " ").match(/(?<![.$\w])[A-Za-z]\w*/g) ?? [],
    ),
  );
  const known = defaultFunctions();
  const usesPrintf = words.has("printf");
  const formats = usesPrintf ? inside.flatMap(text => text.match(literal) ?? []) : [];
  return {
    functions: [...words].filter(word => known.has(word)),
    actions: [
      ...[...words].filter(word => actions.has(word)),
      ...(/\$[\w]*\s*(?:,\s*\$\w+\s*)?:=/.test(template) ? ["$x :="] : []),
      ...(/\$[\w]*\s*(?:,\s*\$\w+\s*)?[^:!]= /.test(template) ? ["$x ="] : []),
      ...(/\{\{(?:- )?\/\*/.test(template) ? ["comment"] : []),
      ...(/\{\{- | -\}\}/.test(template) ? ["trim"] : []),
    ],
    verbs: [...new Set(formats.flatMap(format => Array.from(format.matchAll(verb), match => `%${match[1] ?? ""}`)))],
  };
}
