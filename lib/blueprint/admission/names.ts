import { type ListedResource } from "../compile";
import { RenderError } from "../errors";
import { checkName, checkNamespace } from "../object-name";
import { distinctSamples, legalSamples } from "./distinct-samples";
import { type Findings } from "./findings";
import { type Identity, identityOf, kindName, renderQuietly, rowVariablesOf } from "./identity";
import { nameRules } from "./rules";

/** What the objects of a form are called, as far as that can be told without rows. */
export interface NamedResource extends Identity {
  readonly path: string;
  /** `namespace/name` for each of the distinct samples; undefined where one does not render. */
  readonly rendered: readonly (string | undefined)[];
  /** The row's variables that the object's name and namespace depend on; undefined when it may be any. */
  readonly variables: ReadonlySet<string> | undefined;
}

/** Where a form is, and whom it serves. */
export interface FormOrigin {
  readonly namespace: string;
  readonly name: string;
  readonly hubId: string;
}

/** Undefined where another rule has already refused what the names are made of. */
export function namedResource(listed: ListedResource, form: FormOrigin): NamedResource | undefined {
  const origin = { namespace: form.namespace, hub: form.hubId, form: form.name };
  const identity = identityOf(listed);
  if (identity === undefined) return undefined;
  const { name, namespace, isClusterScoped } = identity;
  const read = [name, namespace].flatMap(template => template?.analysis.variables.map(each => each.name) ?? []);
  const rendered = distinctSamples(read, origin).map(sample => {
    const place = isClusterScoped ? "" : namespace === undefined ? form.namespace : renderQuietly(namespace, sample);
    const called = renderQuietly(name, sample);
    return place === undefined || called === undefined ? undefined : `${place}/${called}`;
  });
  const [ofName, ofNamespace] = [rowVariablesOf(name), rowVariablesOf(namespace)];
  const variables = ofName && ofNamespace && new Set([...ofName, ...ofNamespace]);
  return { ...identity, path: listed.path, rendered, variables };
}

/** Rules of names that a form must keep by itself. */
export function checkNames(named: readonly NamedResource[], findings: Findings): void {
  const first = new Map<string, NamedResource>();
  for (const resource of named) {
    checkLegal(resource, findings);
    checkDependsOnRow(resource, findings);
    const key = objectKey(resource);
    if (key === undefined || resource.isConditional) continue;
    const other = first.get(key);
    if (other === undefined) first.set(key, resource);
    else if (other.id !== resource.id) {
      const { gvk, namePath } = resource;
      findings.report(nameRules.takenInNode, namePath, { kind: kindName(gvk), other: other.id, path: other.path });
    }
  }
}

/** Equal for two resources that are one object for each row, as far as anybody can tell; undefined when nobody can. */
export function objectKey({ gvk, rendered, variables }: NamedResource): string | undefined {
  if (rendered.includes(undefined) || variables === undefined) return undefined;
  return JSON.stringify([kindName(gvk), [...variables].sort(), rendered]);
}

/** Values that are legal everywhere become an illegal name: the template itself is at fault. */
function checkLegal({ gvk, namePath, namespacePath, rendered, namespace }: NamedResource, findings: Findings): void {
  const samples = rendered.slice(0, legalSamples).flatMap(text => (text === undefined ? [] : [text.split("/")]));
  if (samples.length < legalSamples) return;
  const reasons = (check: (place: string, name: string) => void) =>
    samples.flatMap(([place = "", ...name]) =>
      reasonOf(() => {
        check(place, name.join("/"));
      }),
    );
  const ofName = reasons((_, name) => {
    checkName(name, gvk, namePath);
  });
  if (ofName.length === samples.length) findings.report(nameRules.illegal, namePath, { reason: ofName[0] ?? "" });
  if (namespace === undefined) return;
  const ofNamespace = reasons(place => {
    checkNamespace(place, namespacePath);
  });
  if (ofNamespace.length === samples.length)
    findings.report(nameRules.illegal, namespacePath, { reason: ofNamespace[0] ?? "" });
}

function reasonOf(check: () => void): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof RenderError) return [error.reason];
    throw error;
  }
}

function checkDependsOnRow(resource: NamedResource, findings: Findings): void {
  const { gvk, namePath, variables, rendered, isShared, isConditional } = resource;
  if (variables === undefined || isShared) return;
  const kind = kindName(gvk);
  if (variables.size === 0) {
    const name = rendered[0]?.replace(/^[^/]*\//, "") ?? "";
    findings.report(isConditional ? nameRules.fixedSometimes : nameRules.fixed, namePath, { name, kind });
  } else if (!variables.has("uid") || (!rendered.includes(undefined) && new Set(rendered).size === 1)) {
    const others = [...variables].filter(name => name !== "uid");
    if (others.length > 0) findings.report(nameRules.withoutUid, namePath, { kind, variables: others });
  }
}
