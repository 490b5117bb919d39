/** What go-yaml v2 thinks of the characters of a scalar. */

export function isBreak(character: string): boolean {
  return /^[\r\n\u0085\u2028\u2029]$/.test(character);
}

export function hasBreak(text: string): boolean {
  return /[\r\n\u0085\u2028\u2029]/.test(text);
}

/** go-yaml's idea of printable, which ends with the Basic Multilingual Plane. */
function isPrintable(character: string): boolean {
  return /^[\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/.test(character);
}

export function needsEscape(character: string): boolean {
  return !isPrintable(character) || isBreak(character) || character === '"' || character === "\\";
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ["\0", "\\0"],
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\x1b", "\\e"],
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\u0085", "\\N"],
  ["\u00a0", "\\_"],
  ["\u2028", "\\L"],
  ["\u2029", "\\P"],
]);

export function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  const long = code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
  return shortEscapes.get(character) ?? (code.length <= 4 ? long : `\\U${code.padStart(8, "0")}`);
}

/** The styles in which a text can be written outside of flow collections. */
export function analyse(text: string): {
  readonly plain: boolean;
  readonly singleQuoted: boolean;
  readonly block: boolean;
} {
  if (text === "") return { plain: true, singleQuoted: true, block: false };
  const breakClass = "[\\r\\n\\u0085\\u2028\\u2029]";
  const indicators =
    /^(---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-](?=[ \t]|$)/.test(text) ||
    /:(?=[ \t]|$)/.test(text.slice(1)) ||
    /[ \t\r\n\u0085\u2028\u2029\0]#/.test(text);
  const special = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u.test(text);
  const spaceBreak = new RegExp(` ${breakClass}`).test(text);
  const breakSpace = new RegExp(`${breakClass} `).test(text);
  const edges = new RegExp(`^( |${breakClass})|( |${breakClass})$`).test(text);
  const impossible = spaceBreak || special;
  return {
    plain: !edges && !breakSpace && !impossible && !hasBreak(text) && !indicators,
    singleQuoted: !breakSpace && !impossible,
    block: !text.endsWith(" ") && !impossible,
  };
}
