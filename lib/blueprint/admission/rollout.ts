import { type RolloutSettings } from "../../../crds";
import { type TemplateDialect } from "../../template";
import { type Findings } from "./findings";
import { none, rolloutRules } from "./rules";
import { checkConditionTemplate, type TemplateScope } from "./templates";

/**
 * Checks the steps of a rollout: what rows they choose, and in which order.
 *
 * @param scope what the form's hub maps; undefined while there is no hub, and then variables are not checked
 */
export function checkRollout(
  { steps = [] }: RolloutSettings,
  dialect: TemplateDialect,
  scope: TemplateScope | undefined,
  findings: Findings,
): void {
  const names = new Set<string>();
  let highest = 0;
  steps.forEach(({ name, when, percent, pause }, index) => {
    const path = `spec.rollout.steps[${index}]`;
    if (name !== undefined && names.has(name)) findings.report(rolloutRules.nameTwice, `${path}.name`, { name });
    if (name !== undefined) names.add(name);
    if (when === undefined && percent === undefined) findings.report(rolloutRules.cohortMissing, path, none);
    if (when !== undefined && percent !== undefined) findings.report(rolloutRules.cohortTwice, path, none);
    if (percent !== undefined) {
      if (percent <= highest) {
        findings.report(rolloutRules.percentOrder, `${path}.percent`, { percent, before: highest });
      }
      highest = Math.max(highest, percent);
    }
    if (when !== undefined) checkConditionTemplate({ path: `${path}.when`, source: when }, dialect, scope, findings);
    if (pause !== undefined && pause.seconds === undefined && pause.approval !== true) {
      findings.report(rolloutRules.pauseEmpty, `${path}.pause`, none);
    }
  });
}
