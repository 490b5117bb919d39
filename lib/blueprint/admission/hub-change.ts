import { type LynqHubSpec } from "../../../crds";
import { fieldPath } from "../body";
import { isPlainObject } from "../object";
import { type CheckResult, type Finding, Findings } from "./findings";
import { checkForm, type FormLike } from "./form";
import { hubChangeRules, templateRules } from "./rules";
import { type VariableUse } from "./rules/hub-change-rules";

/** What a change of a hub breaks in its forms: errors that they have with the new hub, and did not have with the old one. */
export function checkHubChange(now: LynqHubSpec, before: LynqHubSpec, forms: readonly FormLike[]): CheckResult {
  const byVariable = new Map<string, VariableUse[]>();
  const shown: VariableUse[] = [];
  for (const form of forms) {
    const known = new Set(checkForm(form, { spec: before }).errors.map(keyOf));
    const broken = checkForm(form, { spec: now }).errors.filter(finding => !known.has(keyOf(finding)));
    const name = form.metadata?.name ?? "";
    const fields = new Map<string, string[]>();
    for (const finding of broken) {
      const variable = finding.rule === templateRules.unmapped.id ? variableOf(finding) : undefined;
      if (variable !== undefined) fields.set(variable, [...(fields.get(variable) ?? []), finding.path]);
    }
    for (const [variable, places] of fields) {
      byVariable.set(variable, [...(byVariable.get(variable) ?? []), { form: name, fields: places }]);
    }
    const leaks = broken.filter(({ rule }) => rule === templateRules.sensitiveShown.id).map(({ path }) => path);
    if (leaks.length > 0) shown.push({ form: name, fields: leaks });
  }
  const findings = new Findings();
  for (const [name, uses] of byVariable) {
    findings.report(hubChangeRules.mappingUsed, fieldPath("spec.extraValueMappings", name), { name, uses });
  }
  if (shown.length > 0) findings.report(hubChangeRules.sensitiveUsed, "spec.sensitiveValues", { uses: shown });
  return findings;
}

function keyOf({ rule, path, parameters }: Finding): string {
  return JSON.stringify([rule, path, variableOf({ parameters })]);
}

function variableOf({ parameters }: Pick<Finding, "parameters">): string | undefined {
  return isPlainObject(parameters) && typeof parameters["name"] === "string" ? parameters["name"] : undefined;
}
