import { type FormResource, type LynqFormSpec } from "../../../crds";
import { TemplateCache } from "../../template";
import { listResources } from "../compile";
import { buildGraph } from "../graph";
import { JsonPathError, parseJsonPath } from "../json-path";
import { checkBody } from "./body";
import { type CheckResult, Findings } from "./findings";
import { type HubLike } from "./hub";
import { checkRollout } from "./rollout";
import { claimSteps, type FormClaims, formOrigin } from "./claims";
import { labelSteps } from "./labels";
import { checkNames, type NamedResource, namedResource } from "./names";
import { formRules, none } from "./rules";
import { templateScope, templateSteps } from "./templates";

/** A LynqForm, as far as its check goes. */
export interface FormLike {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
  readonly spec: LynqFormSpec;
}

/** What a form is checked with. */
export interface FormCheck {
  readonly form: FormLike;
  /** The hub that the form names; undefined when there is none, which is a warning. */
  readonly hub: HubLike | undefined;
  /** What the other forms of the cluster write, where that is known. Default: there are none. */
  readonly neighbours?: Iterable<FormClaims>;
  /** Gets the form's templates, for whoever compiles them afterwards. */
  readonly templates?: TemplateCache;
}

/** Templates of a form that are compiled once for all of its checks: as many as fit into a form. */
const MOST_TEMPLATES = 200_000;

/** For the templates of one form. */
export function formTemplates(): TemplateCache {
  return new TemplateCache(MOST_TEMPLATES);
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
  const findings = new Findings();
  const steps = formSteps({ form, hub, neighbours }, findings);
  while (steps.next().done !== true);
  return findings;
}

/**
 * The check of {@link checkForm} in small steps, between which whoever takes them may do something else; the findings are complete after the last
 * one.
 */
export function* formSteps(
  { form, hub, neighbours = [], templates = formTemplates() }: FormCheck,
  findings: Findings,
): Generator<void, void> {
  const { spec } = form;
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
    yield* templateSteps({ path, resource, dialect }, scope, templates, findings);
    checkIgnoreFields(resource, path, findings);
    yield* labelSteps(listed, origin, findings);
    yield;
  }
  checkRollout(spec.rollout ?? {}, spec.templateEngine ?? "gotemplate", scope, findings);
  const named: NamedResource[] = [];
  for (const listed of resources) {
    const one = namedResource(listed, origin);
    if (one !== undefined) named.push(one);
    yield;
  }
  checkNames(named, findings);
  yield;
  yield* claimSteps(named, origin, neighbours, findings);
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
