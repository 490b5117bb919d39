import { authorityRules } from "./authority-rules";
import { bodyRules } from "./body-rules";
import { dependencyRules } from "./dependency-rules";
import { formRules } from "./form-rules";
import { hubChangeRules } from "./hub-change-rules";
import { hubRules } from "./hub-rules";
import { nameRules } from "./name-rules";
import { objectRules } from "./object-rules";
import { rolloutRules } from "./rollout-rules";
import { type RuleEntry } from "./rule";
import { nodeRules } from "./node-rules";
import { templateRules } from "./template-rules";

export {
  authorityRules,
  bodyRules,
  dependencyRules,
  formRules,
  hubChangeRules,
  hubRules,
  nameRules,
  nodeRules,
  objectRules,
  rolloutRules,
  templateRules,
};
export { none, type RuleEntry } from "./rule";

/** Every rule, by what it is about: the source of docs/admission.md. */
export const catalogue: readonly { readonly title: string; readonly rules: readonly RuleEntry[] }[] = [
  { title: "Forms", rules: Object.values(formRules) },
  { title: "Templates and variables", rules: Object.values(templateRules) },
  { title: "Objects", rules: Object.values(bodyRules) },
  { title: "Names", rules: Object.values(nameRules) },
  { title: "Dependencies", rules: Object.values(dependencyRules) },
  { title: "Objects in the cluster", rules: Object.values(objectRules) },
  { title: "Authority", rules: Object.values(authorityRules) },
  { title: "Rollouts", rules: Object.values(rolloutRules) },
  { title: "Hubs", rules: Object.values(hubRules) },
  { title: "Hubs and what hangs on them", rules: Object.values(hubChangeRules) },
  { title: "Nodes", rules: Object.values(nodeRules) },
];
