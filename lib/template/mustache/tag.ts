import { defaultFunctions } from "../functions";

/** `.`, or names with points between them. */
const path = /^(?:\.|[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*)$/u;

/** Signs of other Mustache dialects, and of other languages. */
const signs: ReadonlyMap<string, string> = new Map([
  ["<", "inheritance is no part of the dialect"],
  ["$", "blocks and variables are no part of the dialect"],
  ["%", "pragmas are no part of the dialect"],
  ["@", "there is no such tag"],
  ["*", "dynamic names are no part of the dialect"],
  ["?", "there is no such tag; a section {{#name}} is left out where the value is empty"],
]);

const goKeywords: ReadonlySet<string> = new Set(
  "if else end range with define template block break continue".split(" "),
);

/** Why a tag is refused, or undefined. */
export function checkTag(type: string, content: string): string | undefined {
  if (type === ">") return `partials are off: {{>${content}}} has nothing to include`;

  if (path.test(content)) return undefined;
  if (content === "") return "a tag needs a name";
  const sign = content.charAt(0);
  const known = signs.get(sign);
  if (known !== undefined) return `unknown tag {{${sign}}}: ${known}`;
  const quoted = JSON.stringify(content.length > 60 ? `${content.slice(0, 60)}…` : content);
  return `${quoted} is no name of a variable${looksLikeGo(content) ? ": this looks like a Go template, but the template is Mustache" : ""}`;
}

/** A leading point, a pipe, a keyword or a function is how Go templates are written. */
function looksLikeGo(content: string): boolean {
  const [word = ""] = content.split(/[\s(]/, 1);
  return /^[.$-]|[|:=("`]/.test(content) || goKeywords.has(word) || defaultFunctions().has(word);
}
