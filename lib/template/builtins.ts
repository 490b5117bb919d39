import { comparisons } from "./comparison";
import { escapers } from "./escaping";
import { indexing } from "./indexing";
import { sprint, sprintf, sprintln } from "./printf";
import { typeName } from "./sprig/kinds";
import { isTrue } from "./truth";
import { FunctionError, type GoValue, type TemplateFunction } from "./value";

function firstWith(wanted: boolean, args: readonly GoValue[]): GoValue {
  const found = args.findIndex(value => isTrue(value) === wanted);
  return args.at(found) ?? null;
}

/** The compiler short-circuits these two; called like any function, they see all their arguments. */
export const and: TemplateFunction = {
  minArguments: 1,
  maxArguments: Infinity,
  acceptsMissing: true,
  call: args => firstWith(false, args),
};
export const or: TemplateFunction = {
  minArguments: 1,
  maxArguments: Infinity,
  acceptsMissing: true,
  call: args => firstWith(true, args),
};

/** The functions that Go's text/template has of its own. */
export const builtins: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["and", and],
  ["or", or],
  [
    "not",
    { minArguments: 1, maxArguments: 1, acceptsMissing: true, light: true, call: ([value = null]) => !isTrue(value) },
  ],
  ...comparisons,
  ...indexing,
  ...escapers,
  ["print", { minArguments: 0, maxArguments: Infinity, call: (args, context) => sprint(args, context) }],
  ["println", { minArguments: 0, maxArguments: Infinity, call: (args, context) => sprintln(args, context) }],
  [
    "printf",
    {
      minArguments: 1,
      maxArguments: Infinity,
      parameters: ["string"],
      rest: "any",
      call: ([format, ...values], context) => {
        if (typeof format !== "string") throw new FunctionError(wrongType("string", format ?? null));
        return sprintf(format, values, context);
      },
    },
  ],
  [
    "call",
    {
      minArguments: 1,
      maxArguments: Infinity,
      call: ([callee = null]) => {
        if (callee === null) throw new FunctionError("call of nil");
        throw new FunctionError(`non-function of type ${typeName(callee)}`);
      },
    },
  ],
]);

function wrongType(wanted: string, value: GoValue): string {
  return value === null
    ? `invalid value; expected ${wanted}`
    : `wrong type for value; expected ${wanted}; got ${typeName(value)}`;
}
