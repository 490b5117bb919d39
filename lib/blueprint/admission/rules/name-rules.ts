import { none, type None, rule } from "./rule";

/** Rules of what an object is called, and of who else calls one so. */
export const nameRules = {
  missing: rule<None>({
    id: "name-missing",
    severity: "error",
    checks: "every resource has a name",
    example: none,
    message: () => "has no name; set nameTemplate or spec.metadata.name",
    fix: "set `nameTemplate`",
  }),
};
