import { type Random } from "./random";

const words =
  '|a|b|abc|acme|Acme Corp|foo bar baz|a,b,c|x-y_z|camelCase|HTTPServer|snake_case|1|0|-7|12|1.5|1e3|0x1F|true|false|yes|2024-02-29|1.2.3|v1.2.3-beta.1+b7|~1.2|^1.0.0|>=1.0 <2|日本語|é|ß|ǆ|😀|<a href=\'x\'>&"q"</a>|/a/b.c|../x//y/|https://u:p@host:8080/p/a?q=1#f|{"a":[1,2.5,null]}|a: 1|[1,2]|YWJj|MFRGG===|%d|%s-%v|%5.2f|^a+|[a-z]+|(b)(c)?|\\d+|(|2006-01-02|15:04:05|1h30m|90|line1\nline2|a\tb|  pad  |\u0000|Z|The quick brown fox jumps over the lazy dog'.split(
    "|",
  );
const characters = Array.from("abcABC019 -_./:,é日😀\n\"'\\<>&%{}");

/** A text as a value: mostly one that some function makes something of. */
export function text(random: Random): string {
  return random.chance(0.8) ? random.pick(words) : random.times(0, 12, () => random.pick(characters)).join("");
}

/** The text as a Go string literal, quoted or raw. */
export function quoted(value: string, random: Random): string {
  // eslint's control character rule has no place here: a raw string may hold anything but its quote.
  if (!value.includes("`") && !value.includes("\0") && random.chance(0.15)) return `\`${value}\``;
  return JSON.stringify(value).replace(/\\u0000/g, "\\x00");
}

const integers =
  "0 1 2 3 -1 5 7 10 42 64 100 -7 255 1000 0x1F 0b101 0o17 1_000 'a' '日' '\\n' 9007199254740993 9223372036854775807 -9223372036854775808 1e3".split(
    " ",
  );

export function integerLiteral(random: Random): string {
  return random.chance(0.6) ? String(random.integer(0, 6)) : random.pick(integers);
}

const floats = "0.0 1.5 -2.25 .5 3.14159 1e6 1e21 1e-7 2.0 0x1p4 1e308 100.0 0.1 123456789.125".split(" ");

export function floatLiteral(random: Random): string {
  return random.pick(floats);
}

const flags = ["", "", "", "-", "+", " ", "0", "#", "+0", "-#", "# "];
const widths = ["", "", "", "5", "10", "2", "*"];
const precisions = ["", "", "", ".2", ".0", ".", ".5", ".*"];
const verbs = Array.from("vvvsqdxXobcUeEfFgGtTpz%!");

/** A format for printf, and how many operands it takes. */
export function format(random: Random): { readonly text: string; readonly operands: number } {
  let operands = 0;
  const parts = random.times(1, 3, () => {
    const [width, precision, verb] = [random.pick(widths), random.pick(precisions), random.pick(verbs)];
    operands += Number(width === "*") + Number(precision === ".*") + Number(verb !== "%");
    return `%${random.pick(flags)}${width}${precision}${verb}${random.pick(["", " ", "-", "é"])}`;
  });
  return { text: parts.join(""), operands };
}

/** Texts and values of a special kind, as Go source. */
const bySpecialType: Readonly<Record<string, readonly string[]>> = {
  json: [
    '"{\\"a\\":[1,2.5,null],\\"b\\":{\\"c\\":true}}"',
    '"[1,\\"x\\"]"',
    '"3"',
    '"\\"é\\u00e9\\""',
    '"null"',
    '`{"n":1e3}`',
  ],
  yaml: ['"a: 1\\nb: [x, 2.5]"', '"{}"', '"a:\\n  b: c\\n"', '`x: "1"`', '"t: yes\\nn: ~"'],
  layout: [
    '"2006-01-02"',
    '"15:04:05"',
    '"Mon Jan _2 15:04:05 2006"',
    '"2006-01-02T15:04:05Z07:00"',
    '"03PM"',
    '"02 Jan 06 15:04 MST"',
  ],
  moment: [
    "0",
    "1700000000",
    "(int64 951782400)",
    '(toDate "2006-01-02" "2024-02-29")',
    "-1",
    '("1970" | toDate "2006")',
  ],
  zone: ['"UTC"', '"Europe/Berlin"', '"America/New_York"', '"Asia/Kolkata"', '"No/Where"', '""'],
  instant: [
    '"2024-02-29"',
    '"23:59:59"',
    '"2024-02-29T01:02:03Z"',
    '"2023-02-29"',
    '"Tue Feb  6 01:02:03 2024"',
    '"11PM"',
  ],
  version: ['"1.2.3"', '"v2.0.0-rc.1+b"', '"1.10"', '"1"', '"0.0.1-alpha"', '"1.2.x"'],
  constraint: ['"^1.2"', '">=1.0.0, <2"', '"~1.2.3 || ^2"', '"1.x"', '"*"', '"1.2 - 2.3"', '"!=1.2.3"', '">0-0"'],
  base64: ['"YWJj"', '"5pel5pys"', '"YQ=="', '"YQ"', '"*"'],
  url: [
    '"https://u:p@host:8080/p/a?q=1#f"',
    '"host/path"',
    '"//h"',
    '"mailto:a@b"',
    '"http://[::1]:80/"',
    '"http://a b/"',
  ],
  octal: ['"755"', '"0644"', '"9"', "777", '""'],
  decimal: ['"95"', '"-7"', '"abc"', '""', "3", "1.5", "-2.5", "true", "nil", "(list 1)", "9223372036854775807"],
  digits: ['"95"', '"-7"', '"0x1F"', '"12.5"', '"1h"', "3600", '"007"'],
  scalar: ['"v"', "7", "1.5", "true", '""', "nil", '"日"'],
  fresh: [
    '(dict "a" 1 "x" "new")',
    "(dict)",
    '(dict "b" (dict "c" 2.5) "uid" "")',
    '(dict "a" (list 1) "n" nil)',
    '(dict "c" false)',
  ],
};

export const specials: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(bySpecialType));
