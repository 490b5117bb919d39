import { additions } from "./additions";
import { builtins } from "./builtins";
import { sprigFunctions } from "./sprig";
import { type TemplateFunction } from "./value";

const functions: ReadonlyMap<string, TemplateFunction> = new Map([...builtins, ...sprigFunctions, ...additions]);

/** Everything a template may call: Go's built-in functions, Sprig's, and Lynq's additions, which win over Sprig's. */
export function defaultFunctions(): ReadonlyMap<string, TemplateFunction> {
  return functions;
}
