import { type FunctionContext, FunctionError, type GoMap, type GoValue, type TemplateFunction } from "../value";
import { isMap, kindName, nilList, nilMap, typeName } from "./kinds";
import { GoObject } from "./object";

/** Go types of parameters, with what they are here. `uint32` is a bigint in its range. */
interface ParameterTypes {
  any: GoValue;
  string: string;
  int: bigint;
  uint32: bigint;
  bool: boolean;
  float64: number;
  dict: GoMap;
  list: GoValue[];
  object: GoObject;
}
export type Parameter = keyof ParameterTypes;
type Arguments<P extends readonly Parameter[]> = { -readonly [K in keyof P]: ParameterTypes[P[K]] };

/** A template function that knows its Go signature: for documentation, and for an engine that types number literals. */
export interface SprigFunction extends TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** Type of the further arguments of a variadic function. */
  readonly rest?: Parameter;
  /** Go's name of the result's type. */
  readonly result: string;
}

type Markers = Pick<TemplateFunction, "acceptsMissing" | "nonDeterministic" | "guards" | "mutates">;
export type Family = Readonly<Record<string, SprigFunction>>;

const goNames: Readonly<Record<Parameter, string>> = {
  any: "interface {}",
  string: "string",
  int: "int",
  uint32: "uint32",
  bool: "bool",
  float64: "float64",
  dict: "map[string]interface {}",
  list: "[]interface {}",
  object: "struct",
};

/** A function with a fixed number of arguments. The body gets them converted, then the context. */
export function fixed<const P extends readonly Parameter[]>(
  parameters: P,
  result: string,
  body: (...args: [...Arguments<P>, FunctionContext]) => GoValue,
  markers: Markers = {},
): SprigFunction {
  return {
    parameters,
    result,
    minArguments: parameters.length,
    maxArguments: parameters.length,
    call: (args, context) => body(...(convertAll(parameters, args) as Arguments<P>), context),
    ...markers,
  };
}

/** A function whose last parameter repeats. The body gets the further arguments as one array, then the context. */
export function variadic<const P extends readonly Parameter[], R extends Parameter>(
  parameters: P,
  rest: R,
  result: string,
  body: (...args: [...Arguments<P>, ParameterTypes[R][], FunctionContext]) => GoValue,
  markers: Markers = {},
): SprigFunction {
  return {
    parameters,
    rest,
    result,
    minArguments: parameters.length,
    maxArguments: Infinity,
    call: (args, context) => {
      const further = args.slice(parameters.length).map((arg, index) => convert(rest, arg, parameters.length + index));
      return body(...(convertAll(parameters, args) as Arguments<P>), further as ParameterTypes[R][], context);
    },
    ...markers,
  };
}

function convertAll(parameters: readonly Parameter[], args: readonly GoValue[]): GoValue[] {
  return parameters.map((parameter, index) => convert(parameter, args[index] ?? null, index));
}

function convert(parameter: Parameter, value: GoValue, index: number): GoValue {
  switch (parameter) {
    case "any":
      return value;
    case "string":
      if (typeof value === "string") return value;
      break;
    case "bool":
      if (typeof value === "boolean") return value;
      break;
    case "int":
      if (typeof value === "bigint") return value;
      break;
    case "uint32":
      if (typeof value === "bigint" && value >= 0n && value < 1n << 32n) return value;
      break;
    case "float64":
      if (typeof value === "number") return value;
      break;
    case "dict":
      if (isMap(value) && typeName(value) === goNames.dict) return value;
      if (value === null) return nilMap();
      break;
    case "list":
      if (Array.isArray(value) && typeName(value) === goNames.list) return value;
      if (value === null) return nilList();
      break;
    case "object":
      if (value instanceof GoObject) return value;
      break;
  }
  const given =
    value === null ? "nil" : kindName(value) === "slice" || isMap(value) ? typeName(value) : kindName(value);
  throw new FunctionError(`wrong type for argument ${index + 1}: expected ${goNames[parameter]}, got ${given}`);
}
