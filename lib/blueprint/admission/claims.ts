import { listResources } from "../compile";
import { type Findings } from "./findings";
import { type FormLike } from "./form";
import { kindName } from "./identity";
import { type FormOrigin, namedResource, type NamedResource, objectKey } from "./names";
import { nameRules } from "./rules";

/** What one form writes, as other forms need to know it. */
export interface FormClaims {
  readonly namespace: string;
  readonly name: string;
  /** Key of an object → id of the form's resource. */
  readonly resources: ReadonlyMap<string, string>;
  /** The same for objects that are equal only if a row of one hub is like a row of another. */
  readonly likely: ReadonlyMap<string, string>;
}

export function formOrigin({ metadata, spec }: FormLike): FormOrigin {
  return { namespace: metadata?.namespace ?? "default", name: metadata?.name ?? "", hubId: spec.hubId };
}

export function formClaims(form: FormLike): FormClaims {
  const origin = formOrigin(form);
  const named = listResources(form.spec).flatMap(listed => namedResource(listed, origin) ?? []);
  const byKey = (keysOf: (resource: NamedResource) => readonly string[]) =>
    new Map(named.flatMap(resource => keysOf(resource).map(key => [key, resource.id] as const)));
  return {
    namespace: origin.namespace,
    name: origin.name,
    resources: byKey(resource => claimKeys(resource, origin)),
    likely: byKey(likelyKeys),
  };
}

/** Two forms that write one object fight over it for ever. One neighbour a step. */
export function* claimSteps(
  named: readonly NamedResource[],
  origin: FormOrigin,
  neighbours: Iterable<FormClaims>,
  findings: Findings,
): Generator<void, void> {
  const claimed = named.map(resource => ({
    resource,
    keys: claimKeys(resource, origin),
    likely: likelyKeys(resource),
  }));
  for (const { namespace, name, resources, ...neighbour } of neighbours) {
    if (namespace === origin.namespace && name === origin.name) continue;
    for (const { resource, keys, likely } of claimed) {
      const surely = keys.flatMap(key => resources.get(key) ?? [])[0];
      const other = surely ?? likely.flatMap(key => neighbour.likely.get(key) ?? [])[0];
      if (other === undefined) continue;
      findings.report(surely === undefined ? nameRules.likeOtherForm : nameRules.takenByForm, resource.namePath, {
        kind: kindName(resource.gvk),
        form: `${namespace}/${name}`,
        resource: other,
        name: resource.name.source,
      });
    }
    yield;
  }
}

/**
 * Rows of one hub have the same values for all of its forms; of two hubs only what is fixed can be known to be equal. What is shared on
 * purpose, or written for some rows only, claims nothing.
 */
function claimKeys(resource: NamedResource, { namespace, hubId }: FormOrigin): string[] {
  const { isShared, isConditional, variables, rendered, gvk } = resource;
  const key = objectKey(resource);
  if (isShared || isConditional || key === undefined) return [];
  if (variables?.size === 0) return [`${kindName(gvk)} ${rendered[0] ?? ""}`];
  return [`${namespace}/${hubId} ${key}`];
}

/** Forms of two hubs that call their objects alike meet as soon as both have a row with the same values. */
function likelyKeys(resource: NamedResource): string[] {
  const key = objectKey(resource);
  return resource.isShared || resource.isConditional || key === undefined ? [] : [key];
}
