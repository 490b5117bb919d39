import { catalogue, type RuleEntry } from "../../lib/blueprint/admission/rules";

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** A message may hold backticks of its own. */
function code(text: string): string {
  const shown = cell(text);
  return shown.includes("`") ? `\`\` ${shown} \`\`` : `\`${shown}\``;
}

const row = ({ id, severity, checks, exampleMessage, fix }: RuleEntry): string =>
  `| \`${id}\` | ${severity === "error" ? "refused" : "warning"} | ${cell(checks)} | ${code(exampleMessage)} | ${cell(fix)} |`;

/** Every rule of the catalogue, in Markdown. */
export const rulesText = (): string =>
  catalogue
    .map(
      ({ title, rules }) =>
        `### ${title}\n\n| rule | answer | what must hold | the message, for example | how to fix it |\n|---|---|---|---|---|\n${rules.map(row).join("\n")}`,
    )
    .join("\n\n");
