import { canonicalJson } from "../../content-hash";
import { type ListedResource } from "../../compile";

/**
 * The resources that a change adds or alters, told apart by id. A resource that stays as it was needs no right of whoever changes another one, as
 * the API server checks a role's rules only when they change.
 */
export function changedResources(
  now: readonly ListedResource[],
  before: readonly ListedResource[],
): readonly ListedResource[] {
  const old = new Map(before.map(listed => [listed.resource.id, content(listed)]));
  return now.filter(listed => old.get(listed.resource.id) !== content(listed));
}

function content({ resource, dialect }: ListedResource): string {
  return canonicalJson({ resource, dialect });
}
