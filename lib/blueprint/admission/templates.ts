import { type FormResource, type LynqHubSpec } from "../../../crds";
import { type Template, TemplateCache, type TemplateDialect, TemplateSyntaxError } from "../../template";
import { type ListedResource } from "../compile";
import { RenderError } from "../errors";
import { includeDecision } from "../leaf";
import { didYouMean } from "../near-miss";
import { type Findings } from "./findings";
import { bodyRules, none, templateRules } from "./rules";
import { deepestBody, type TemplatePlace, templatePlaces, type TemplateUse } from "./template-places";
import { templateVariables } from "./variables";

/** A hub, as far as it decides what templates may read. */
export interface TemplateScope {
  readonly hubId: string;
  readonly variables: ReadonlySet<string>;
  readonly sensitive: ReadonlySet<string>;
}

export function templateScope(hubId: string, hub: LynqHubSpec): TemplateScope {
  return { hubId, variables: templateVariables(hub), sensitive: new Set(hub.sensitiveValues) };
}

/** Parts of an object that show in names, lists, status and events. */
const shownUses: Readonly<Partial<Record<TemplateUse, string>>> = {
  name: "a name",
  namespace: "a namespace",
  label: "a label",
  annotation: "an annotation",
};

/**
 * Compiles and analyses every text of a resource, body included, one a step.
 *
 * @param scope what the form's hub maps; undefined while there is no hub, and then variables are not checked
 */
export function* templateSteps(
  { resource, path, dialect }: Pick<ListedResource, "resource" | "path" | "dialect">,
  scope: TemplateScope | undefined,
  templates: TemplateCache,
  findings: Findings,
): Generator<void, void> {
  const { places, tooDeep } = templatePlaces(resource, path);
  for (const deep of tooDeep) findings.report(bodyRules.tooDeep, shorten(deep), { levels: deepestBody });
  for (const place of places) {
    checkPlace(place, { resource, dialect }, scope, templates, findings);
    yield;
  }
  checkReadyWhen(resource, path, templates, findings);
}

function checkPlace(
  place: TemplatePlace,
  { resource, dialect }: Pick<ListedResource, "resource" | "dialect">,
  scope: TemplateScope | undefined,
  templates: TemplateCache,
  findings: Findings,
): void {
  const template = compile(place, dialect, templates, findings);
  if (template === undefined) return;
  if (place.use === "condition") checkCondition(template, place, dialect, findings);
  if (template.isLiteral) return;
  checkRepeatable(template, place, resource, findings);
  if (scope === undefined) return;
  checkVariables(template, place, scope, findings);
  checkSecrecy(template, place, resource, scope, findings);
}

/** Go's template language whatever the form's is, and over the live object: the hub's variables are not in there. */
function checkReadyWhen(resource: FormResource, path: string, templates: TemplateCache, findings: Findings): void {
  if (resource.readyWhen === undefined) return;
  const place = { path: `${path}.readyWhen`, source: resource.readyWhen, use: "condition" } as const;
  const template = compile(place, "gotemplate", templates, findings);
  if (template === undefined) return;
  if (template.isLiteral) findings.report(templateRules.readyWhenLiteral, place.path, none);
  checkRepeatable(template, place, resource, findings);
  if (resource.waitForReady === false) findings.report(templateRules.readyWhenUnused, place.path, none);
}

/** Checks a text that renders to true or false, and whose answer is for everybody to read. */
export function checkConditionTemplate(
  text: Pick<TemplatePlace, "path" | "source">,
  dialect: TemplateDialect,
  scope: TemplateScope | undefined,
  findings: Findings,
): void {
  const place: TemplatePlace = { ...text, use: "condition" };
  const template = compile(place, dialect, new TemplateCache(1), findings);
  if (template === undefined) return;
  checkCondition(template, place, dialect, findings);
  if (template.analysis.nonDeterministic) findings.report(templateRules.identityChanges, place.path, none);
  if (scope === undefined) return;
  checkVariables(template, place, scope, findings);
  const what = sensitiveRead(template, scope);
  if (what !== undefined)
    findings.report(templateRules.sensitiveShown, place.path, { what, place: "a rollout's step" });
}

function compile(
  { path, source }: TemplatePlace,
  dialect: TemplateDialect,
  templates: TemplateCache,
  findings: Findings,
): Template | undefined {
  try {
    return templates.compile(source, dialect);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    const other = dialect === "mustache" ? "gotemplate" : "mustache";
    const hint = /this looks like |did you mean \{\{ \./.test(error.reason)
      ? `; templateEngine: ${other} chooses the other language`
      : "";
    findings.report(templateRules.syntax, path, { reason: error.message, hint });
    return undefined;
  }
}

function checkCondition(
  template: Template,
  { path, source }: TemplatePlace,
  dialect: TemplateDialect,
  findings: Findings,
): void {
  if (!template.isLiteral) return;
  try {
    includeDecision(source, path, text => JSON.stringify(text));
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    findings.report(templateRules.condition, path, {
      reason: error.reason,
      example: dialect === "mustache" ? "{{enabled}}" : "{{ .enabled }}",
    });
  }
}

/** What differs with each rendering would be another object, or be written again, with each reconcile. */
function checkRepeatable(
  { analysis }: Template,
  { path, use }: TemplatePlace,
  { creationPolicy }: FormResource,
  findings: Findings,
): void {
  if (!analysis.nonDeterministic) return;
  if (use === "name" || use === "namespace" || use === "condition") {
    findings.report(templateRules.identityChanges, path, none);
  } else if (creationPolicy !== "Once") {
    findings.report(templateRules.contentChanges, path, none);
  }
}

function checkVariables(
  { analysis }: Template,
  { path }: TemplatePlace,
  { hubId, variables }: TemplateScope,
  findings: Findings,
): void {
  const reported = new Set<string>();
  for (const { name, guarded, line, column } of analysis.variables) {
    if (variables.has(name) || reported.has(`${name} ${guarded}`)) continue;
    reported.add(`${name} ${guarded}`);
    const where = `line ${line}, column ${column}`;
    const hint = didYouMean(name, variables);
    findings.report(guarded ? templateRules.missing : templateRules.unmapped, path, { hubId, name, where, hint });
  }
}

function checkSecrecy(
  template: Template,
  { path, use }: TemplatePlace,
  { spec }: FormResource,
  scope: TemplateScope,
  findings: Findings,
): void {
  if (use === "condition") return;
  const what = sensitiveRead(template, scope);
  if (what === undefined) return;
  const shown = shownUses[use];
  if (shown !== undefined) {
    findings.report(templateRules.sensitiveShown, path, { what, place: shown });
  } else if (spec["kind"] !== "Secret") {
    findings.report(templateRules.sensitiveBody, path, { what });
  }
}

/** Which sensitive variables a template reads, in words; undefined when it reads none. */
function sensitiveRead({ analysis }: Template, { hubId, sensitive }: TemplateScope): string | undefined {
  if (sensitive.size === 0) return undefined;
  if (analysis.readsWholeData) return `uses all variables at once, some of which hub ${hubId} declares sensitive`;
  const read = new Set(analysis.variables.map(({ name }) => name).filter(name => sensitive.has(name)));
  if (read.size === 0) return undefined;
  return `uses ${[...read].map(name => `.${name}`).join(", ")}, declared sensitive by hub ${hubId}`;
}

/** The start of a path of hundreds of levels. */
function shorten(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}
