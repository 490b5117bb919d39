import { type Command } from "./command";
import { parseOptions } from "./command-line";
import { type Environment } from "./environment";
import { lintHelp } from "./help";
import { lint } from "./lint";
import { projectSchemas } from "./project";
import { SourceFiles } from "./source-files";
import { counted, formatFinding, paletteFor } from "./terminal";
import { UsageError } from "./usage-error";

const rules = {
  filename: { short: "f", value: "FILE", multiple: true },
  hub: { value: "FILE", multiple: true },
};

/** `lynq lint`. */
export const lintCommand: Command = {
  name: "lint",
  usage: "-f form.yaml …",
  summary: "print what admission would say of forms and hubs",
  help: lintHelp,
  run,
};

async function run(args: readonly string[], environment: Environment): Promise<number> {
  const { stdin, stdout, env } = environment;
  const { values } = parseOptions(args, rules);
  const paths = new Set([...(values.get("filename") ?? []), ...(values.get("hub") ?? [])]);
  if (paths.size === 0) throw new UsageError("which files? give -f FILE");
  const files = new SourceFiles(stdin);
  const { forms, hubs, findings } = lint(await Promise.all([...paths].map(path => files.read(path))), projectSchemas());
  const palette = paletteFor(stdout, env);
  for (const finding of findings) stdout.write(`${formatFinding(finding, palette)}\n`);
  if (forms.length + hubs.length === 0 && findings.length === 0) {
    throw new UsageError(`${[...paths].join(", ")}: no LynqForm and no LynqHub in there`);
  }
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const checked = `${counted(forms.length, "form")} and ${counted(hubs.length, "hub")}`;
  stdout.write(
    `${checked}: ${errors === 0 ? "no errors" : counted(errors, "error")}, ${counted(findings.length - errors, "warning")}\n`,
  );
  return errors === 0 ? 0 : 1;
}
