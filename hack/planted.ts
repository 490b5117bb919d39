import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Values that must be nowhere to be read but in Secrets: each spec that puts one into a sensitive column, or a Secret, says so, and every line of the operator's log is searched for
 * all of them when the run is over.
 */
const list = (folder: string) => join(folder, "planted-values");

/** Below, a value is too likely to be there by chance. */
const SHORTEST = 12;

/** @throws Error for a value that says nothing when it is found */
export function plant(folder: string, value: string): void {
  if (distinctive(value).length < SHORTEST) throw new Error(`plant a value of ${SHORTEST} letters and digits or more`);
  appendFileSync(list(folder), `${JSON.stringify(value)}\n`);
}

/** All values of the run so far. */
export function planted(folder: string): string[] {
  if (!existsSync(list(folder))) return [];
  const lines = readFileSync(list(folder), "utf8").trimEnd().split("\n");
  return [...new Set(lines)].map(line => String(JSON.parse(line)));
}

/** The planted values that a text tells, be it as they are, in base64, or in a URL. */
export function found(text: string, values: readonly string[]): string[] {
  return values.filter(value => writings(value).some(form => text.includes(form)));
}

/** A value of quotes and the like is written differently by everybody who quotes it; its first plain part is not. */
function distinctive(value: string): string {
  return /^[\w-]*/.exec(value)?.[0] ?? "";
}

function writings(value: string): string[] {
  const core = distinctive(value);
  // Base64 of what it begins with, whatever follows.
  const base64 = Buffer.from(core)
    .subarray(0, core.length - (core.length % 3))
    .toString("base64");
  return [core, base64];
}

/**
 * Searches a log for everything that was planted.
 *
 * @throws Error with the first lines that tell something
 */
export function assertSilent(folder: string, logPath: string): { readonly bytes: number; readonly values: number } {
  const values = planted(folder);
  const log = readFileSync(logPath, "utf8");
  const lines = found(log, values).length === 0 ? [] : log.split("\n").filter(line => found(line, values).length > 0);
  if (lines.length > 0) throw new Error(`the operator's log tells sensitive values:\n${lines.slice(0, 5).join("\n")}`);
  return { bytes: log.length, values: values.length };
}
