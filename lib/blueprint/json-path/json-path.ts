/** JSONPath as RFC 9535 defines it, in the form that the evaluator walks. */

export interface JsonPath {
  /** As the user wrote it. */
  readonly text: string;
  readonly segments: readonly Segment[];
}

/** One step: from every node reached so far to some of its children, or to some children of it and of all below it. */
export interface Segment {
  readonly reach: "children" | "descendants";
  readonly selectors: readonly Selector[];
}

export type Selector =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "wildcard" }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "slice"; readonly start?: number; readonly end?: number; readonly step: number }
  | { readonly kind: "filter"; readonly test: Test };

/** What a filter asks of one child. */
export type Test =
  | { readonly kind: "or" | "and"; readonly tests: readonly Test[] }
  | { readonly kind: "not"; readonly test: Test }
  | { readonly kind: "exists"; readonly query: Query }
  | { readonly kind: "call"; readonly call: FunctionCall }
  | { readonly kind: "comparison"; readonly operator: Operator; readonly left: Operand; readonly right: Operand };

export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** One side of a comparison, or one argument of a function. */
export type Operand =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "query"; readonly query: Query }
  | { readonly kind: "call"; readonly call: FunctionCall };

/** A path inside a filter: `@` is the child in question, `$` the whole object. */
export interface Query {
  readonly root: "@" | "$";
  readonly segments: readonly Segment[];
}

export type FunctionName = "length" | "count" | "value" | "match" | "search";

export interface FunctionCall {
  readonly name: FunctionName;
  readonly operands: readonly Operand[];
}

/** A path that cannot be read. */
export class JsonPathError extends Error {
  override readonly name = "JsonPathError";

  constructor(
    readonly path: string,
    /** Offset in the text, from 0. */
    readonly position: number,
    /** What is wrong there, without the path and the position. */
    readonly problem: string,
  ) {
    super(`JSONPath ${JSON.stringify(path)} cannot be read at character ${position + 1}: ${problem}`);
  }
}

/** A path that reaches so many places of an object that evaluating it would take too long. */
export class JsonPathLimitError extends Error {
  override readonly name = "JsonPathLimitError";

  constructor(
    readonly path: string,
    readonly limit: number,
  ) {
    super(
      `JSONPath ${JSON.stringify(path)} visits more than ${limit} places of the object; name the fields instead of "..".`,
    );
  }
}

/** Whether a query reaches at most one place: only names and indexes, one a step. */
export function isSingular(query: Query): boolean {
  return query.segments.every(
    ({ reach, selectors }) =>
      reach === "children" &&
      selectors.length === 1 &&
      selectors.every(selector => selector.kind === "name" || selector.kind === "index"),
  );
}
