import { and, or } from "./builtins";
import { type Place } from "./errors";
import { type OperandNode } from "./node";
import { type Evaluate, type Frame, missingVariable } from "./run";
import { isTrue } from "./truth";
import { FunctionError, type GoValue, MissingValue, type TemplateFunction } from "./value";

export interface NamedFunction {
  readonly name: string;
  readonly definition: TemplateFunction;
}

/** What is wrong with a number of arguments, or undefined. */
export function wrongArgumentCount({ name, definition }: NamedFunction, given: number): string | undefined {
  const { minArguments, maxArguments } = definition;
  if (given >= minArguments && given <= maxArguments) return undefined;
  const wanted =
    maxArguments === Infinity
      ? `at least ${minArguments}`
      : minArguments === maxArguments
        ? String(minArguments)
        : `${minArguments} to ${maxArguments}`;
  return `wrong number of arguments for ${name}: want ${wanted}, got ${given}`;
}

/**
 * A call of a function with its compiled arguments.
 * @param piped the value from before the pipe, which becomes the last argument
 */
export function compileCall(
  called: NamedFunction,
  args: readonly Evaluate[],
  piped: Evaluate | undefined,
  place: Place,
): Evaluate {
  if (called.definition === and || called.definition === or) {
    return compileShortCircuit(called.definition === or, args, piped, place);
  }
  const [first, second] = args;
  if (args.length === 0 && piped === undefined) return frame => invoke(called, [], frame, place);
  if (args.length === 0 && piped !== undefined) return frame => invoke(called, [piped(frame)], frame, place);
  if (args.length === 1 && first !== undefined) {
    if (piped === undefined) return frame => invoke(called, [first(frame)], frame, place);
    return frame => {
      const last = piped(frame);
      return invoke(called, [first(frame), last], frame, place);
    };
  }
  if (args.length === 2 && first !== undefined && second !== undefined && piped === undefined) {
    return frame => invoke(called, [first(frame), second(frame)], frame, place);
  }
  return frame => {
    // What stands before the pipe is evaluated first, though it is the last argument.
    const last = piped?.(frame);
    const values = args.map(evaluate => evaluate(frame));
    if (last !== undefined) values.push(last);
    return invoke(called, values, frame, place);
  };
}

function compileShortCircuit(
  wanted: boolean,
  args: readonly Evaluate[],
  piped: Evaluate | undefined,
  place: Place,
): Evaluate {
  return frame => {
    const last = piped?.(frame);
    frame.run.step(1, place);
    let value: GoValue = null;
    for (const evaluate of args) {
      value = evaluate(frame);
      if (isTrue(value) === wanted) return value;
    }
    return last ?? (last === undefined ? value : null);
  };
}

/** Long texts and big collections take their time; so that they count, 16 characters are a step, and an element is. */
function weight(value: GoValue, light: boolean): number {
  if (typeof value === "string") return value.length >> 4;
  if (light || typeof value !== "object" || value === null || value instanceof MissingValue) return 0;
  return Array.isArray(value) ? value.length : value.size;
}

function invoke({ name, definition }: NamedFunction, args: GoValue[], frame: Frame, place: Place): GoValue {
  const { run } = frame;
  const light = definition.light === true;
  let cost = 1 + (definition.cost ?? 0);
  for (const value of args) {
    if (value instanceof MissingValue && definition.acceptsMissing !== true) throw missingVariable(value, place, name);
    cost += weight(value, light);
  }
  run.step(cost, place);
  let result: GoValue;
  try {
    result = definition.call(args, run);
  } catch (error) {
    throw callError(error, name, place);
  }
  run.step(weight(result, light), place);
  if (typeof result === "string" && result.length > run.limits.outputCharacters) {
    throw place.error(`error calling ${name}: the result is longer than ${run.limits.outputCharacters} characters`, {
      functionName: name,
    });
  }
  return result;
}

function callError(error: unknown, name: string, place: Place): unknown {
  if (error instanceof FunctionError)
    return place.error(`error calling ${name}: ${error.message}`, { functionName: name });
  // A stack overflow is told from a defect of a function at the top of the render.
  if (error instanceof RangeError && /call stack/i.test(error.message)) return error;
  // The message of anything else may quote values.
  const kind = error instanceof Error ? error.name : typeof error;
  return place.error(`error calling ${name}: the function failed (${kind})`, { functionName: name });
}

/** A literal as an argument: typed by the parameter where its Go type is known, a plain Go constant otherwise. */
export function literalArgument(
  node: OperandNode,
  parameter: string | undefined,
): { readonly value: GoValue } | { readonly refused: string } | undefined {
  const isAny = parameter === undefined || parameter === "any";
  switch (node.kind) {
    case "string":
      return isAny || parameter === "string" ? { value: node.value } : wrongLiteral(parameter, node.literal);
    case "bool":
      return isAny || parameter === "bool" ? { value: node.value } : wrongLiteral(parameter, String(node.value));
    case "nil":
      return isAny || parameter === "dict" || parameter === "list"
        ? { value: null }
        : { refused: `cannot assign nil to ${parameter}` };
    case "number": {
      if (isAny) return idealConstant(node.literal);
      const { integer, unsigned, float, text } = node.literal;
      if (parameter === "int" && integer !== undefined) return { value: integer };
      if (parameter === "uint32" && unsigned !== undefined) return { value: BigInt.asUintN(32, unsigned) };
      if (parameter === "float64" && float !== undefined) return { value: float };
      return wrongLiteral(parameter, text);
    }
    default:
      return undefined;
  }
}

function wrongLiteral(parameter: string, literal: string): { readonly refused: string } {
  const wanted = parameter === "int" ? "integer" : parameter === "float64" ? "float" : parameter;
  return { refused: `expected ${wanted}; found ${literal}` };
}

/** The value of a number whose syntax alone tells its type: Go's rules for ideal constants. */
export function idealConstant(literal: {
  readonly text: string;
  readonly integer?: bigint;
  readonly float?: number;
}): { readonly value: GoValue } | { readonly refused: string } {
  const { text, integer, float } = literal;
  // A negative hexadecimal integer with an e in it is a float: Go looks for the prefix at the start only.
  const isHexInteger = /^0[xX]/.test(text) && !/[pP]/.test(text);
  const looksLikeFloat = !isHexInteger && !text.startsWith("'") && /[.eEpP]/.test(text);
  if (looksLikeFloat && float !== undefined) return { value: float };
  return integer === undefined ? { refused: `${text} overflows int` } : { value: integer };
}
