import { parseArgs } from "node:util";
import { didYouMean } from "../lib/blueprint/near-miss";
import { UsageError } from "./usage-error";

/** An option of a command. */
export interface OptionRule {
  readonly short?: string;
  /** What its value is called in messages; an option without it takes none. */
  readonly value?: string;
  readonly multiple?: boolean;
}

export type OptionRules = Readonly<Record<string, OptionRule>>;

/** Options as given: every value in order, and which flags are set. */
export interface GivenOptions {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly flags: ReadonlySet<string>;
  /** Arguments without an option, in order. */
  readonly positionals: readonly string[];
}

/** How many arguments without an option a command takes. Default none. */
export interface PositionalRule {
  /** What one is called in messages, such as `hub/NAME`. */
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

/**
 * Reads the arguments of a command.
 *
 * @throws UsageError for an unknown option, a missing or superfluous value, an option given twice, too few or too many
 * arguments without option
 */
export function parseOptions(args: readonly string[], rules: OptionRules, positional?: PositionalRule): GivenOptions {
  const options = Object.fromEntries(
    Object.entries(rules).map(([name, { short, value }]) => [
      name,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  // Not strict: the messages of parseArgs are several sentences.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      if (positional !== undefined && positionals.length < positional.most) {
        positionals.push(token.value);
        continue;
      }
      throw new UsageError(
        `unexpected argument ${JSON.stringify(token.value)}${positional === undefined ? "; options say what it is, such as -f FILE" : ""}`,
      );
    }
    const rule = Object.hasOwn(rules, token.name) ? rules[token.name] : undefined;
    if (rule === undefined) throw new UsageError(`unknown option ${token.rawName}${suggestion(token.name, rules)}`);
    if (rule.value === undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
      flags.add(token.name);
      continue;
    }
    if (token.value === undefined)
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${rule.value}`);
    const given = values.get(token.name) ?? [];
    if (given.length > 0 && rule.multiple !== true) throw new UsageError(`${token.rawName} is given twice`);
    values.set(token.name, [...given, token.value]);
  }
  if (positional !== undefined && positionals.length < positional.least) {
    throw new UsageError(`what? give ${positional.name}`);
  }
  return { values, flags, positionals };
}

/** The value of an option that is given once at most. */
export function single({ values }: GivenOptions, name: string): string | undefined {
  return values.get(name)?.[0];
}

function suggestion(name: string, rules: OptionRules): string {
  if (name.length < 2) return "";
  return didYouMean(
    `--${name}`,
    Object.keys(rules).map(known => `--${known}`),
  );
}

/** Splits `uid=acme`. @throws UsageError */
export function parseAssignments(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map(text => {
      const equals = text.indexOf("=");
      if (equals < 1) throw new UsageError(`--set ${JSON.stringify(text)} is no assignment; write --set NAME=VALUE`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
