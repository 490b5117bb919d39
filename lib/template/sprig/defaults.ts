import { type Family, fixed, variadic } from "./definition";
import { isEmpty } from "./kinds";

/** Functions that ask for emptiness, and so see a missing variable as nil. */
export const defaults: Family = {
  default: variadic(
    ["any"],
    "any",
    "interface {}",
    (fallback, given) => {
      const value = given[0];
      return value === undefined || isEmpty(value) ? fallback : value;
    },
    { acceptsMissing: true, guards: true },
  ),
  empty: fixed(["any"], "bool", isEmpty, { acceptsMissing: true, guards: true }),
  coalesce: variadic([], "any", "interface {}", values => values.find(value => !isEmpty(value)) ?? null, {
    acceptsMissing: true,
    guards: true,
  }),
  all: variadic([], "any", "bool", values => values.every(value => !isEmpty(value)), { acceptsMissing: true }),
  any: variadic([], "any", "bool", values => values.some(value => !isEmpty(value)), { acceptsMissing: true }),
  // Only the chosen value counts: printing it, when it is missing, still fails.
  ternary: fixed(["any", "any", "bool"], "interface {}", (whenTrue, whenFalse, test) => (test ? whenTrue : whenFalse), {
    acceptsMissing: true,
    guards: true,
  }),
};
