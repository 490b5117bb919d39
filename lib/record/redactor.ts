/** What stands in the place of a sensitive value. */
const HIDDEN = "***";

/** A longer value is looked for piece by piece: a pattern has its limits, and a part of a secret is a secret. */
const PIECE = 256;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "n",
  "\r": "r",
  "\t": "t",
  "\b": "b",
  "\f": "f",
  "\v": "v",
  "\x07": "a",
  "\0": "0",
};

/**
 * Hides values in texts that others have written, in whatever notation they quote: as it is, as JSON with or without escapes for HTML, as Go's `%q`,
 * within another quotation, as YAML, in a URL, as base64.
 */
export class Redactor {
  private readonly values: readonly string[];
  private patterns: readonly RegExp[] | undefined;

  constructor(values: Iterable<string>) {
    // Single characters would hide half of every text.
    const worthHiding = [...new Set(values)].filter(value => value.length > 1);
    // The longest first, so that a value within another leaves nothing of it.
    this.values = worthHiding.sort((a, b) => b.length - a.length);
  }

  readonly redact = (text: string): string => {
    if (text === "" || this.values.length === 0) return text;
    this.patterns ??= this.values.flatMap(value => [...pieces(value).map(spellings), base64(value)]);
    return this.patterns.reduce((rest, pattern) => rest.replace(pattern, HIDDEN), text);
  };
}

/** Pieces of about equal length, so that no last one is so short that it hides ordinary text. */
function pieces(value: string): string[][] {
  const characters = Array.from(value);
  const count = Math.ceil(characters.length / PIECE);
  const length = Math.ceil(characters.length / count);
  return Array.from({ length: count }, (_, index) => characters.slice(index * length, (index + 1) * length));
}

function spellings(characters: readonly string[]): RegExp {
  // A run of backslashes is one part with what follows: several parts in a row that each take any number would take forever to fail.
  const parts = characters.join("").match(/\\+[^\\]?|[^\\]/gu) ?? [];
  return new RegExp(parts.map(spelling).join(""), "g");
}

/** Every way to write one character after a run of backslashes, if any. */
function spelling(part: string): string {
  const run = part.lastIndexOf("\\") + 1;
  const character = part.slice(run);
  if (run === 0) return character === "" ? "" : characterSpelling(character, 0);
  const inUrl = `(?:%5[cC]){${run}}${character === "" ? "" : characterSpelling(character, 0)}`;
  return `(?:${character === "" ? backslashes(run) : characterSpelling(character, run)}|${inUrl})`;
}

/** Each level of quotation puts more backslashes before what it escapes; more levels than anybody has are not looked for. */
function backslashes(least: number): string {
  return String.raw`\\{${least},${64 * Math.max(least, 1)}}`;
}

function characterSpelling(character: string, run: number): string {
  if (/^[A-Za-z0-9_]$/.test(character)) return run === 0 ? character : backslashes(run) + character;
  const short = SHORT_ESCAPES[character];
  const codePoint = character.codePointAt(0) ?? 0;
  const units = Array.from({ length: character.length }, (_, index) => hex(character.charCodeAt(index), 4));
  const escaped = backslashes(Math.max(run, 1));
  const ways = [
    backslashes(run) + escapeForPattern(character),
    escaped + units.map(unit => `u${unit}`).join(backslashes(1)),
    `${escaped}U${hex(codePoint, 8)}`,
    ...(short === undefined ? [] : [escaped + short]),
    ...(codePoint < 256 ? [`${escaped}x${hex(codePoint, 2)}`] : []),
  ];
  if (run > 0) return `(?:${ways.join("|")})`;
  const inUrl = utf8(character).map(byte => `%${hex(byte, 2)}`);
  ways.push(inUrl.join(""), ...(character === "'" ? ["''"] : []), ...(character === " " ? [String.raw`\+`] : []));
  return `(?:${ways.join("|")})`;
}

/** As a Secret's data has it. */
function base64(value: string): RegExp {
  const text = Buffer.from(value, "utf8").toString("base64").replace(/=+$/, "");
  return new RegExp(`${escapeForPattern(text)}={0,2}`, "g");
}

/** Digits of either case. */
function hex(value: number, digits: number): string {
  const text = value.toString(16).padStart(digits, "0");
  return text.replace(/[a-f]/g, letter => `[${letter}${letter.toUpperCase()}]`);
}

function utf8(character: string): number[] {
  return [...Buffer.from(character, "utf8")];
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
