import { rule } from "./rule";

/** Rules of ids and dependIds. None needs more than the form. */
export const dependencyRules = {
  idTaken: rule<{ id: string; first: string }>({
    id: "resource-id-taken",
    severity: "error",
    checks: "an id stands for one resource, across all lists",
    example: { id: "app", first: "spec.deployments[0]" },
    message: ({ id, first }) => `the id ${JSON.stringify(id)} is already taken by ${first}`,
    fix: "give one of the two another id",
  }),
  unknown: rule<{ id: string; hint: string }>({
    id: "depend-unknown",
    severity: "error",
    checks: "every id in `dependIds` is one of the form's",
    example: { id: "confg", hint: "; did you mean config?" },
    message: ({ id, hint }) => `no resource of the form has the id ${JSON.stringify(id)}${hint}`,
    fix: "correct the id, or add the resource",
  }),
  self: rule<{ id: string }>({
    id: "depend-self",
    severity: "error",
    checks: "no resource depends on itself",
    example: { id: "app" },
    message: ({ id }) => `${id} depends on itself`,
    fix: "remove the entry",
  }),
  cycle: rule<{ ids: readonly string[] }>({
    id: "depend-cycle",
    severity: "error",
    checks: "dependencies form no cycle",
    example: { ids: ["app", "service", "app"] },
    message: ({ ids }) => `dependencies form a cycle: ${ids.join(" → ")}`,
    fix: "remove one of the dependencies shown",
  }),
};
