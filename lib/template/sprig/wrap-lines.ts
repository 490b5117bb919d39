import type { FunctionContext } from "../value";
import { fromByteString, toByteString } from "./bytes";

/** goutils.WrapCustom: breaks at spaces, counting bytes; spaces at the start of a new line go. */
export function wrapLines(
  text: string,
  width: bigint,
  separator: string,
  breakLongWords: boolean,
  context: FunctionContext,
): string {
  if (text === "") return "";
  const bytes = toByteString(text);
  const newLine = separator === "" ? "\n" : toByteString(separator);
  const limit = width < 1n ? 1 : width > BigInt(bytes.length) ? bytes.length : Number(width);
  context.reserve(bytes.length + Math.ceil(bytes.length / limit) * newLine.length);
  const lines: string[] = [];
  let offset = 0;
  while (bytes.length - offset > limit) {
    if (bytes[offset] === " ") {
      offset++;
      continue;
    }
    const lastSpace = bytes.slice(offset, offset + limit + 1).lastIndexOf(" ");
    if (lastSpace >= 0) {
      lines.push(bytes.slice(offset, offset + lastSpace));
      offset += lastSpace + 1;
    } else if (breakLongWords) {
      lines.push(bytes.slice(offset, offset + limit));
      offset += limit;
    } else {
      const space = bytes.indexOf(" ", offset + limit);
      // A last word that is too long ends the text without a further line.
      if (space < 0) return fromByteString([...lines, bytes.slice(offset)].join(newLine));
      lines.push(bytes.slice(offset, space));
      offset = space + 1;
    }
  }
  lines.push(bytes.slice(offset));
  return fromByteString(lines.join(newLine));
}
