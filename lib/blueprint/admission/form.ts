import { type FormResource, type LynqFormSpec } from "../../../crds";
import { listResources } from "../compile";
import { buildGraph } from "../graph";
import { JsonPathError, parseJsonPath } from "../json-path";
import { checkBody } from "./body";
import { type CheckResult, Findings } from "./findings";
import { type HubLike } from "./hub";
import { checkRollout } from "./rollout";
import { checkClaims, type FormClaims, formOrigin } from "./claims";
import { checkLabels } from "./labels";
import { checkNames, namedResources } from "./names";
import { formRules, none } from "./rules";
import { checkTemplates, templateScope } from "./templates";

/** A LynqForm, as far as its check goes. */
export interface FormLike {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
  readonly spec: LynqFormSpec;
}

/**
 * Every problem of a form that can be told without the cluster: what passes compiles (lib/blueprint/compile.ts), and prints
 * no variable that its hub does not map.
 *
 * @param hub the hub that the form names; undefined when there is none, which is a warning
 * @param neighbours what the other forms of the cluster write, where that is known
 */
export function checkForm(
  form: FormLike,
  hub: HubLike | undefined,
  neighbours: Iterable<FormClaims> = [],
): CheckResult {
  const { spec } = form;
  const findings = new Findings();
  if (hub === undefined) {
    findings.report(formRules.hubMissing, "spec.hubId", { hubId: spec.hubId });
  }
  const resources = listResources(spec);
  if (resources.length === 0) findings.report(formRules.empty, "spec", none);

  const graphResources = resources.map(({ path, resource: { id, dependIds = [] } }) => ({ id, dependIds, path }));
  for (const problem of buildGraph(graphResources).problems) findings.add("error", problem);

  const scope = hub && templateScope(spec.hubId, hub.spec);
  const origin = formOrigin(form);
  for (const listed of resources) {
    const { list, path, resource, dialect } = listed;
    checkBody(resource, list, path, findings);
    checkTemplates({ path, resource, dialect }, scope, findings);
    checkIgnoreFields(resource, path, findings);
    checkLabels(listed, origin, findings);
  }
  checkRollout(spec.rollout ?? {}, spec.templateEngine ?? "gotemplate", scope, findings);
  const named = namedResources(resources, origin);
  checkNames(named, findings);
  checkClaims(named, origin, neighbours, findings);
  return findings;
}

function checkIgnoreFields({ ignoreFields = [] }: FormResource, path: string, findings: Findings): void {
  ignoreFields.forEach((text, index) => {
    try {
      parseJsonPath(text);
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      findings.report(formRules.ignoreField, `${path}.ignoreFields[${index}]`, { reason: error.message });
    }
  });
}
