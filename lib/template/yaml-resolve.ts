import { parseFloatLiteral } from "./number";

/** What a plain scalar stands for in go-yaml v2, which Helm and Kubernetes use: YAML 1.1 but for base 60. */
export type Resolved =
  | { readonly kind: "string" }
  | { readonly kind: "null" }
  | { readonly kind: "merge" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "timestamp" };

const words: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map(
    word => [word, { kind: "boolean", value: true }] as const,
  ),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map(
    word => [word, { kind: "boolean", value: false }] as const,
  ),
  ...["", "~", "null", "Null", "NULL"].map(word => [word, { kind: "null" }] as const),
  ...[".nan", ".NaN", ".NAN"].map(word => [word, { kind: "float", value: NaN }] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(
    word => [word, { kind: "float", value: Infinity }] as const,
  ),
  ...["-.inf", "-.Inf", "-.INF"].map(word => [word, { kind: "float", value: -Infinity }] as const),
]);

const string: Resolved = { kind: "string" };
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const timestamp =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2}))|(?: ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?))?$/;

/** Resolves a scalar that is written without quotes. */
export function resolvePlain(text: string): Resolved {
  if (text === "<<") return { kind: "merge" };
  const word = words.get(text);
  if (word !== undefined) return word;
  if (text.startsWith(".")) {
    const value = parseFloatLiteral(text);
    return value === undefined ? string : { kind: "float", value };
  }
  if (!/^[-+0-9]/.test(text)) return string;
  if (isTimestamp(text)) return { kind: "timestamp" };
  const plain = text.replaceAll("_", "");
  const value = integer(plain);
  if (value !== undefined) return { kind: "integer", value };
  const number = float.test(plain) ? parseFloatLiteral(plain) : undefined;
  return number === undefined ? string : { kind: "float", value: number };
}

/** Whether the text must be quoted because it would not read back as a string. */
export function needsQuotes(text: string): boolean {
  if (text === "<<") return false;
  return resolvePlain(text).kind !== "string" || base60.test(text);
}

function integer(text: string): bigint | undefined {
  const match = /^([-+]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)|0([0-7]+)|(0|[1-9][0-9]*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, prefixed, octal, decimal] = match;
  const magnitude = BigInt(prefixed?.toLowerCase() ?? (octal === undefined ? (decimal ?? "0") : `0o${octal}`));
  const value = sign === "-" ? -magnitude : magnitude;
  const fits = BigInt.asIntN(64, value) === value || (sign === "" && BigInt.asUintN(64, value) === value);
  return fits ? value : undefined;
}

function isTimestamp(text: string): boolean {
  const match = timestamp.exec(text);
  if (match === null) return false;
  const [, year, month, day, ...times] = match.map(Number);
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day);
  if (date.getUTCMonth() !== (month ?? 0) - 1 || date.getUTCDate() !== day) return false;
  const [hour = 0, minute = 0, second = 0] = times.filter(part => !Number.isNaN(part));
  return hour < 24 && minute < 60 && second < 60;
}
