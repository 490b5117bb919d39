import { readFileSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../lib/blueprint/near-miss";
import { isPlainObject } from "../lib/blueprint/object";
import { type Environment } from "./environment";
import { mainHelp } from "./help";
import { lintCommand } from "./lint-command";
import { packageFolder } from "./project";
import { renderCommand } from "./render-command";
import { UsageError } from "./usage-error";

/** Errors that are about what the user gave, and say so in one line; others are faults of ours and keep their stack. */
const plainErrors: ReadonlySet<string> = new Set([
  "RenderRequestError",
  "RowError",
  "DataSourceError",
  "HubSettingsError",
  "KubeconfigError",
  "ExecCredentialError",
  "ApiError",
  "ConnectionError",
  "UnexpectedResponseError",
]);

/**
 * Runs `lynq` with the arguments after its name.
 *
 * @returns the exit code: 0 all is well, 1 something is refused or could not be had, 2 wrong usage
 */
export async function main(args: readonly string[], environment: Environment): Promise<number> {
  const { stderr } = environment;
  const [command = ""] = args;
  try {
    return await dispatch(command, args.slice(1), environment);
  } catch (error) {
    if (error instanceof UsageError) {
      const name = command === "render" || command === "lint" ? `lynq ${command}` : "lynq";
      stderr.write(`${name}: ${error.message} (see ${name} --help)\n`);
      return 2;
    }
    if (error instanceof Error && plainErrors.has(error.name)) {
      stderr.write(`lynq ${command}: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

async function dispatch(command: string, rest: readonly string[], environment: Environment): Promise<number> {
  const { stdout, stderr } = environment;
  switch (command) {
    case "render":
      return await renderCommand(rest, environment);
    case "lint":
      return await lintCommand(rest, environment);
    case "help":
      return rest.length === 0 ? tell(environment) : await dispatch(rest[0] ?? "", ["--help"], environment);
    case "-h":
    case "--help":
      return tell(environment);
    case "--version":
      stdout.write(`${packageVersion()}\n`);
      return 0;
    case "":
      stderr.write(mainHelp);
      return 2;
    default:
      throw new UsageError(
        `there is no ${command.startsWith("-") ? "option" : "command"} ${command}${didYouMean(command, ["render", "lint", "help"])}`,
      );
  }
}

function tell({ stdout }: Environment): number {
  stdout.write(mainHelp);
  return 0;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8"));
  return isPlainObject(manifest) && typeof manifest["version"] === "string" ? manifest["version"] : "unknown";
}
