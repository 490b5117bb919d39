import { isPrintable } from "./characters";
import { sprint } from "./printf";
import { toByteString } from "./sprig/bytes";
import { type FunctionContext, type GoValue, type TemplateFunction } from "./value";

/** html, js and urlquery. */

const html: ReadonlyMap<string, string> = new Map([
  ["\0", "\ufffd"],
  ['"', "&#34;"],
  ["'", "&#39;"],
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

const js: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["'", "\\'"],
  ['"', '\\"'],
  ["<", "\\u003C"],
  [">", "\\u003E"],
  ["&", "\\u0026"],
  ["=", "\\u003D"],
]);

/** The arguments as one text: as an action prints them, so nil is `<no value>`. */
function textOfArguments(args: readonly GoValue[], context: FunctionContext): string {
  const printable = args.map(value => value ?? "<no value>");
  return sprint(printable, context);
}

function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, character => html.get(character) ?? character);
}

function escapeJs(text: string): string {
  let escaped = "";
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    const special = js.get(character);
    if (special !== undefined) escaped += special;
    else if (codePoint < 0x20) escaped += `\\u00${codePoint.toString(16).toUpperCase().padStart(2, "0")}`;
    // A byte that is no UTF-8 passes, as in Go; it is kept as a lone surrogate.
    else if (codePoint < 0x80 || isPrintable(codePoint) || (codePoint >= 0xdc80 && codePoint <= 0xdcff))
      escaped += character;
    else escaped += `\\u${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
  }
  return escaped;
}

function escapeQuery(text: string): string {
  return toByteString(text).replace(/[^A-Za-z0-9\-_.~]/g, byte =>
    byte === " " ? "+" : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

function escaper(escape: (text: string) => string): TemplateFunction {
  return { minArguments: 0, maxArguments: Infinity, call: (args, context) => escape(textOfArguments(args, context)) };
}

export const escapers: ReadonlyMap<string, TemplateFunction> = new Map([
  ["html", escaper(escapeHtml)],
  ["js", escaper(escapeJs)],
  ["urlquery", escaper(escapeQuery)],
]);
