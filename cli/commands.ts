import { adoptCommand } from "./adopt-command";
import { approveCommand } from "./approve-command";
import { type Command } from "./command";
import { lintCommand } from "./lint-command";
import { planCommand } from "./plan-command";
import { reconcileCommand } from "./reconcile-command";
import { renderCommand } from "./render-command";
import { rolloutCommand } from "./rollout/rollout-command";
import { resumeCommand, suspendCommand } from "./suspend-command";

/** Every command, in the order of `lynq --help`. */
export const commands: readonly Command[] = [
  renderCommand,
  lintCommand,
  planCommand,
  adoptCommand,
  approveCommand,
  suspendCommand,
  resumeCommand,
  reconcileCommand,
  rolloutCommand,
];

/** What `lynq --help` prints. */
export function mainHelp(): string {
  const lines = commands.map(({ name, usage, summary }) => [`  lynq ${name} ${usage}`.trimEnd(), summary] as const);
  const column = Math.max(...lines.map(([call]) => call.length), "  lynq COMMAND --help".length) + 3;
  const rows = [...lines, ["  lynq COMMAND --help", "options and examples of a command"] as const];
  return `lynq: LynqForms and their rows, before and in a cluster

Usage:
${rows.map(([call, summary]) => `${call.padEnd(column)}${summary}`).join("\n")}
  lynq --version

As a plugin of kubectl it is called kubectl lynq.
`;
}
