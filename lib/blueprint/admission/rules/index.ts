import { authorityRules } from "./authority-rules";
import { bodyRules } from "./body-rules";
import { dependencyRules } from "./dependency-rules";
import { formRules } from "./form-rules";
import { hubRules } from "./hub-rules";
import { nameRules } from "./name-rules";
import { rolloutRules } from "./rollout-rules";
import { type RuleEntry } from "./rule";
import { templateRules } from "./template-rules";

export { authorityRules, bodyRules, dependencyRules, formRules, hubRules, nameRules, rolloutRules, templateRules };
export { none, type Rule, rule, type RuleEntry, type Severity } from "./rule";

/** Every rule, by what it is about: the source of docs/admission.md. */
export const catalogue: readonly { readonly title: string; readonly rules: readonly RuleEntry[] }[] = [
  { title: "Forms", rules: Object.values(formRules) },
  { title: "Templates and variables", rules: Object.values(templateRules) },
  { title: "Objects", rules: Object.values(bodyRules) },
  { title: "Names", rules: Object.values(nameRules) },
  { title: "Dependencies", rules: Object.values(dependencyRules) },
  { title: "Authority", rules: Object.values(authorityRules) },
  { title: "Rollouts", rules: Object.values(rolloutRules) },
  { title: "Hubs", rules: Object.values(hubRules) },
];
