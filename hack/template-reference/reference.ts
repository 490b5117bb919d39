import { compileTemplate, defaultFunctions, type GoValue, TemplateExecutionError } from "../../lib/template";
import { additions } from "../../lib/template/additions";
import { sprigFunctions } from "../../lib/template/sprig";
import { knownDifferences } from "../conformance/differences";
import { type Section, sections } from "./examples";

/** One function with its example. */
export interface Entry {
  readonly name: string;
  readonly signature: string;
  readonly example: string;
}

/** The record that examples are rendered with. */
const exampleRecord: ReadonlyMap<string, GoValue> = new Map<string, GoValue>([
  ["uid", "acme"],
  ["plan", "pro"],
  ["email", "ann@example.com"],
  ["features", "a,b,c"],
  ["replicas", "3"],
  ["settings", '{"theme":"dark"}'],
  ["note", ""],
]);

const typeNames: ReadonlyMap<string, string> = new Map([
  ["interface {}", "any"],
  ["dict", "map"],
  ["map[string]interface {}", "map"],
  ["map[string]string", "map"],
  ["[]interface {}", "list"],
  ["[][]interface {}", "list"],
  ["[]string", "list"],
  ["[]int", "list"],
  ["sprig.certificate", "certificate"],
  ["time.Time", "time"],
  ["*semver.Version", "version"],
]);

/** @param functionName tells which object it takes: only certificates are made from other ones */
function nameOfType(type: string, functionName: string): string {
  if (type === "object") return functionName.startsWith("gen") ? "certificate" : "time";
  return typeNames.get(type) ?? type;
}

/** Types of the parameters and of the result, as the function table has them. */
function signatureOf(name: string): string {
  const { parameters, rest, result } = sprigFunctions.get(name) ?? { parameters: [], rest: undefined, result: "" };
  const further = rest === undefined ? [] : [`...${nameOfType(rest, name)}`];
  const all = [...parameters.map(type => nameOfType(type, name)), ...further];
  return `${all.join(" ")} → ${nameOfType(result, name)}`.trim();
}

function entryOf(line: string): Entry {
  const [name = "", ...parts] = line.split(" ~ ");
  return { name, signature: parts.length > 1 ? (parts[0] ?? "") : signatureOf(name), example: parts.at(-1) ?? "" };
}

export const entriesOf = ({ lines }: Section): Entry[] => lines.map(entryOf);

/** What the example renders to, or `error: ...`. */
export function resultOf({ example }: Entry): string {
  try {
    return compileTemplate(example).render(exampleRecord);
  } catch (error) {
    if (error instanceof TemplateExecutionError) return `error: ${error.reason}`;
    throw error;
  }
}

/** Code in a cell of a table, with line breaks and bars kept. */
function code(text: string): string {
  const shown = text.replaceAll("\n", "⏎").replaceAll("|", "\\|");
  return text === "" ? "" : `\`${shown}\``;
}

function sectionText(each: Section): string {
  const functions = defaultFunctions();
  const rows = entriesOf(each).map(entry => {
    const marks = [
      additions.has(entry.name) ? "Lynq's" : sprigFunctions.has(entry.name) ? "" : "Go's",
      functions.get(entry.name)?.nonDeterministic === true ? "differs each time" : "",
    ].filter(mark => mark !== "");
    return `| \`${entry.name}\` | ${code(entry.signature)} | ${code(entry.example)} | ${code(resultOf(entry))} | ${marks.join(", ")} |`;
  });
  return `### ${each.title}\n\n| function | takes → gives | example | renders | |\n|---|---|---|---|---|\n${rows.join("\n")}`;
}

/** The known differences from Go, in Markdown. */
export const differencesText = (): string =>
  knownDifferences()
    .map(({ name, reason }) => `- **${name}**: ${reason}`)
    .join("\n");

/** The function reference, in Markdown. */
export const referenceText = (): string => sections.map(sectionText).join("\n\n");
