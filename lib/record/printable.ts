/** Control and format characters, lone surrogates, and Unicode's line and paragraph separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The text, cut after so many UTF-16 units, with everything that a terminal would not show as an escape `\u{…}`. */
export function printable(text: string, longest: number): string {
  const cut = text.length > longest;
  // Never through the middle of a surrogate pair.
  const shown = cut ? text.slice(0, longest).replace(/[\ud800-\udbff]$/, "") : text;
  const escaped = shown.replace(UNPRINTABLE, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return cut ? `${escaped}…` : escaped;
}

/** {@link printable} in double quotes, so that its ends are plain to see. */
export function quotedPrintable(text: string, longest: number): string {
  return `"${printable(text, longest)}"`;
}
