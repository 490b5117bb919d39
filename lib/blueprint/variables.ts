import { type GoValue } from "../template/value";

/** The variables that every template sees: the record's values, and where the record comes from. Hub and form win over columns. */
export function templateVariables(
  values: Iterable<readonly [string, string]>,
  origin: { uid: string; hub: string; form: string },
): Map<string, GoValue> {
  const variables = new Map<string, GoValue>(values);
  variables.set("uid", origin.uid);
  variables.set("hubId", origin.hub);
  variables.set("templateRef", origin.form);
  return variables;
}
