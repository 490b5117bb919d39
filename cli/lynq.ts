import { readFileSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../lib/blueprint/near-miss";
import { isPlainObject } from "../lib/blueprint/object";
import { type Environment } from "./environment";
import { type Command } from "./command";
import { commands, mainHelp } from "./commands";
import { packageFolder } from "./project";
import { UsageError } from "./usage-error";

/** Errors that are about what the user gave, and say so in one line; others are faults of ours and keep their stack. */
const plainErrors: ReadonlySet<string> = new Set([
  "PlanRequestError",
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
      const name = find(command) === undefined ? "lynq" : `lynq ${command}`;
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

async function dispatch(name: string, rest: readonly string[], environment: Environment): Promise<number> {
  const { stdout, stderr } = environment;
  const command = find(name);
  if (command !== undefined) {
    if (!asksForHelp(rest)) return await command.run(rest, environment);
    stdout.write(command.help);
    return 0;
  }
  switch (name) {
    case "help":
      if (rest[0] !== undefined) return await dispatch(rest[0], ["--help"], environment);
      stdout.write(mainHelp());
      return 0;
    case "-h":
    case "--help":
      stdout.write(mainHelp());
      return 0;
    case "--version":
      stdout.write(`${packageVersion()}\n`);
      return 0;
    case "":
      stderr.write(mainHelp());
      return 2;
    default:
      throw new UsageError(
        `there is no ${name.startsWith("-") ? "option" : "command"} ${name}${didYouMean(name, [...commands.map(one => one.name), "help"])}`,
      );
  }
}

function find(name: string): Command | undefined {
  return commands.find(command => command.name === name);
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some(argument => argument === "--help" || argument === "-h");
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8"));
  return isPlainObject(manifest) && typeof manifest["version"] === "string" ? manifest["version"] : "unknown";
}
