/** One thing to say about a place of a file. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** Field of the object; empty when it is the file itself that is at fault. */
  readonly path: string;
  readonly message: string;
}

/** In the order of the file; findings of one place as they came. */
export function byPlace(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column;
}
