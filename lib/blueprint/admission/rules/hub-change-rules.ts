import { rule } from "./rule";

/** Where a form uses a variable: the form's name, and the fields. */
export interface VariableUse {
  readonly form: string;
  readonly fields: readonly string[];
}

const shownFields = 10;

const placesOf = (uses: readonly VariableUse[]) =>
  uses
    .map(({ form, fields }) => {
      const more = fields.length > shownFields ? `, and ${fields.length - shownFields} more` : "";
      return `LynqForm ${form} (${fields.slice(0, shownFields).join(", ")}${more})`;
    })
    .join(" and ");

const uses = [{ form: "web", fields: ["spec.configMaps[0].spec.data.plan"] }];

/** Rules of a hub that need the cluster: its forms and Secrets. */
export const hubChangeRules = {
  mappingUsed: rule<{ name: string; uses: readonly VariableUse[] }>({
    id: "hub-mapping-used",
    severity: "error",
    checks: "a mapping that goes, or is renamed, is used by no form of the hub without a guard",
    example: { name: "planId", uses },
    message: ({ name, uses: places }) =>
      `.${name} is used by ${placesOf(places)}, whose rows would all fail; change the form first, or give the variable a default there`,
    fix: "map both names, change the forms, then remove the old one",
  }),
  sensitiveUsed: rule<{ uses: readonly VariableUse[] }>({
    id: "hub-sensitive-used",
    severity: "error",
    checks:
      "a variable that becomes sensitive is shown by no form of the hub in a name, namespace, label or annotation",
    example: { uses: [{ form: "web", fields: ["spec.configMaps[0].nameTemplate"] }] },
    message: ({ uses: places }) =>
      `would make sensitive what is shown in names, namespaces, labels or annotations by ${placesOf(places)}; change the form first`,
    fix: "change the forms first",
  }),
  formsUnread: rule<{ reason: string }>({
    id: "hub-forms-unread",
    severity: "warning",
    checks: "the hub's forms can be read within two seconds",
    example: { reason: "no answer within 2000 ms" },
    message: ({ reason }) =>
      `the hub's forms could not be read, so nobody has checked whether they can do without what this change takes away: ${reason}`,
    fix: "look at the forms' `Valid` conditions",
  }),
  secretMissing: rule<{ name: string }>({
    id: "hub-secret-missing",
    severity: "warning",
    checks: "a Secret that the hub names exists in its namespace",
    example: { name: "mysql-secret" },
    message: ({ name }) =>
      `there is no Secret ${name} in the hub's namespace yet; until there is, the table cannot be read`,
    fix: "create the Secret; the hub notices it at once",
  }),
  secretKeyMissing: rule<{ name: string; key: string }>({
    id: "hub-secret-key-missing",
    severity: "warning",
    checks: "the Secret has the key",
    example: { name: "mysql-secret", key: "password" },
    message: ({ name, key }) =>
      `Secret ${name} has no key ${JSON.stringify(key)} yet; until it has, the table cannot be read`,
    fix: "add the key, or correct `key`",
  }),
  secretUnread: rule<{ name: string; reason: string }>({
    id: "hub-secret-unread",
    severity: "warning",
    checks: "the Secret can be read within two seconds",
    example: { name: "mysql-secret", reason: "no answer within 2000 ms" },
    message: ({ name, reason }) =>
      `Secret ${name} could not be read, so nobody has checked that it is there: ${reason}`,
    fix: "look at the hub's `Ready` condition",
  }),
};
