/**
 * Go's values in TypeScript, kept apart as Go keeps them apart:
 * a string's byte that is no UTF-8 is a lone surrogate (sprig/bytes.ts),
 * int64 is a bigint, float64 is a number, nil is null, map[string]any is a Map (so no key can reach a prototype).
 */
export type GoValue = null | boolean | bigint | number | string | GoValue[] | GoMap | MissingValue;
export type GoMap = Map<string, GoValue>;

/**
 * A variable that the data does not have. `default`, `empty`, `coalesce` and conditions see it as nil;
 * printing it, or handing it to any other function, is an error that names it (docs/templates.md, missing values).
 */
export class MissingValue {
  constructor(
    /** As written in the template, with the dot: `.deployImage`. */
    readonly path: string,
  ) {}
}

/** One template function: built-in or Sprig. */
export interface TemplateFunction {
  readonly minArguments: number;
  /** Infinity for variadic functions. */
  readonly maxArguments: number;
  /**
   * Go types of the leading parameters, where known: number literals are typed by them as Go does, other literals refused.
   * (Added by the engine; optional.)
   */
  readonly parameters?: readonly string[];
  /** Go type of the further arguments of a variadic function. (Added by the engine; optional.) */
  readonly rest?: string;
  /**
   * Steps that a call counts for, beyond the usual one: for functions that take milliseconds, such as key derivation.
   * (Added by the engine; optional.)
   */
  readonly cost?: number;
  /** The work does not grow with the lists and maps among its arguments. (Added by the engine; optional.) */
  readonly light?: true;
  /** Changes a map among its arguments (`set`, `unset`, `merge`): the data is copied before. (Added by the engine; optional.) */
  readonly mutates?: true;
  /**
   * Arguments come in Go's order, the piped value last. Throws {@link FunctionError}; never touches the environment, files or the network.
   */
  readonly call: (args: readonly GoValue[], context: FunctionContext) => GoValue;
  /** Sees a {@link MissingValue} itself; for all others the engine refuses it before the call. */
  readonly acceptsMissing?: true;
  /** Two calls with equal arguments may differ (`now`, `rand*`, `uuidv4`, `gen*`). */
  readonly nonDeterministic?: true;
  /** Guards its piped argument against being missing or empty, for static analysis (`default`, `coalesce`, `empty`, `ternary`, `hasKey`). */
  readonly guards?: true;
}

/** What a function may know of the run that it is part of. */
export interface FunctionContext {
  /** Refuses the call when a result of so many characters (UTF-16 units) would pass the render's output bound. */
  reserve(characters: number): void;
  /** Renders `html`-like defaults and `%v` the way Go prints a value. */
  print(value: GoValue): string;
}

/** What a template function refuses; the engine adds the position and the function's name. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
}
