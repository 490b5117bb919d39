import { type Row } from "./mapping";

/** Stands for SQL's NULL in the place of a length. */
const NULL = "-";

/**
 * A row as one text, which is equal for equal rows only: the lengths of its values, then the values. Joined in one go, so that it is one piece of memory;
 * JSON would leave a string of several.
 */
export function rowText(row: Row): string {
  const lengths = row.map(value => (value === null ? NULL : String(value.length)));
  return [...lengths, ...row].join();
}

/** @param columns how many values the row has */
export function parseRowText(text: string, columns: number): Row {
  const lengths: string[] = [];
  let at = 0;
  while (lengths.length < columns) {
    const end = text.indexOf(",", at);
    lengths.push(text.slice(at, end));
    at = end + 1;
  }
  return lengths.map(length => {
    const end = at + (length === NULL ? 0 : Number(length));
    const value = length === NULL ? null : text.slice(at, end);
    at = end + 1;
    return value;
  });
}
