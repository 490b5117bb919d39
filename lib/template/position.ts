/** A place in a template's source. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (code points). */
  readonly column: number;
}

/** Line and column of an offset in UTF-16 units. */
export function positionAt(source: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (
    let newline = source.indexOf("\n");
    newline >= 0 && newline < offset;
    newline = source.indexOf("\n", newline + 1)
  ) {
    line++;
    lineStart = newline + 1;
  }
  return { line, column: Array.from(source.slice(lineStart, offset)).length + 1 };
}
