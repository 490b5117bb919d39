import { additions } from "./additions";
import { builtins } from "./builtins";
import { sprigFunctions } from "./sprig";
import { type TemplateFunction } from "./value";

/** Steps for what takes milliseconds or, for RSA keys, tenths of a second: a render has room for about ten of them. */
const costs: ReadonlyMap<string, number> = new Map([
  ["bcrypt", 100_000],
  ["htpasswd", 100_000],
  ["derivePassword", 100_000],
  ["genPrivateKey", 200_000],
  ["genCA", 100_000],
  ["genSelfSignedCert", 100_000],
  ["genSignedCert", 100_000],
]);

/** Sprig's functions that look at one element, or at none. */
const light: ReadonlySet<string> = new Set(
  (
    "default empty coalesce ternary first mustFirst last mustLast get hasKey set unset kindOf kindIs typeOf typeIs " +
    "typeIsLike list dict"
  ).split(" "),
);

/** Sprig's functions that change a map. */
const mutating: ReadonlySet<string> = new Set("set unset merge mergeOverwrite mustMerge mustMergeOverwrite".split(" "));

function withMarkers(name: string, definition: TemplateFunction): TemplateFunction {
  const cost = costs.get(name);
  return {
    ...definition,
    ...(cost === undefined ? {} : { cost }),
    ...(light.has(name) ? { light: true } : {}),
    ...(mutating.has(name) ? { mutates: true } : {}),
  };
}

const functions: ReadonlyMap<string, TemplateFunction> = new Map([
  ...builtins,
  ...Array.from(sprigFunctions, ([name, definition]) => [name, withMarkers(name, definition)] as const),
  ...additions,
]);

/** Everything a template may call: Go's built-in functions, Sprig's, and Lynq's additions, which win over Sprig's. */
export function defaultFunctions(): ReadonlyMap<string, TemplateFunction> {
  return functions;
}
