import { FunctionError } from "../value";
import { fromByteString, toByteString } from "./bytes";
import { type Family, fixed } from "./definition";

/** Functions that cut a text. Go counts bytes here, so a cut may fall inside a character, as in Go. */
export const substrings: Family = {
  trunc: fixed(["int", "string"], "string", (count, text) => {
    const bytes = toByteString(text);
    const length = BigInt(bytes.length);
    if (count < 0n && length + count > 0n) return fromByteString(bytes.slice(Number(length + count)));
    if (count >= 0n && length > count) return fromByteString(bytes.slice(0, Number(count)));
    return text;
  }),
  substr: fixed(["int", "int", "string"], "string", (start, end, text) => {
    const bytes = toByteString(text);
    const length = BigInt(bytes.length);
    if (start < 0n) return cut(bytes, 0n, end);
    return cut(bytes, start, end < 0n || end > length ? length : end);
  }),
  abbrev: fixed(["int", "string"], "string", (width, text) => {
    if (width < 4n) return text;
    return fromByteString(abbreviate(toByteString(text), 0, clampToLength(width)));
  }),
  abbrevboth: fixed(["int", "int", "string"], "string", (left, right, text) => {
    if (right < 4n || (left > 0n && right < 7n)) return text;
    return fromByteString(abbreviate(toByteString(text), clampToLength(left), clampToLength(right)));
  }),
};

function cut(bytes: string, start: bigint, end: bigint): string {
  if (end < 0n || end > BigInt(bytes.length) || start > end) {
    throw new FunctionError(`the range ${start}:${end} is outside of the text, which is ${bytes.length} bytes long`);
  }
  return fromByteString(bytes.slice(Number(start), Number(end)));
}

/** Widths beyond any text's length all mean the same. */
function clampToLength(width: bigint): number {
  return width > 2n ** 40n ? 2 ** 40 : width < -(2n ** 40n) ? -(2 ** 40) : Number(width);
}

/** goutils.AbbreviateFull, on bytes. */
function abbreviate(bytes: string, offset: number, width: number): string {
  if (bytes.length <= width) return bytes;
  let start = Math.min(offset, bytes.length);
  if (bytes.length - start < width - 3) start = bytes.length - (width - 3);
  if (start <= 4) return `${bytes.slice(0, width - 3)}...`;
  if (width < 7) return "";
  if (start + width - 3 < bytes.length) {
    // The inner call refuses a width below 4, and its result is then empty.
    return `...${width - 3 < 4 ? "" : abbreviate(bytes.slice(start), 0, width - 3)}`;
  }
  return `...${bytes.slice(bytes.length - (width - 3))}`;
}
