/** A place in a template's source. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (code points). */
  readonly column: number;
}

/** Line and column of an offset in UTF-16 units. */
export function positionAt(source: string, offset: number): Position {
  return new Positions(source).at(offset);
}

/** Line and column of many offsets of one source: each is looked for from the one before, so that rising ones take one pass over the source together. */
export class Positions {
  private offset = 0;
  private line = 1;
  private column = 1;

  constructor(private readonly source: string) {}

  /** @param offset in UTF-16 units */
  at(offset: number): Position {
    if (offset < this.offset) {
      this.offset = 0;
      this.line = 1;
      this.column = 1;
    }
    const end = Math.min(offset, this.source.length);
    for (const character of this.source.slice(this.offset, end)) {
      if (character === "\n") {
        this.line++;
        this.column = 1;
      } else this.column++;
    }
    this.offset = Math.max(this.offset, end);
    return { line: this.line, column: this.column };
  }
}
