import { type FormResource } from "../../../crds";
import { type ListedResource } from "../compile";
import { isPlainObject } from "../object";

/** Fields beside the body that a resource can be tried without. */
const besideTheBody = [
  "nameTemplate",
  "targetNamespace",
  "namespaceTemplate",
  "includeWhen",
  "ignoreFields",
  "labelsTemplate",
  "annotationsTemplate",
  "readyWhen",
] as const satisfies readonly (keyof FormResource)[];

/** Legal for every kind. */
const placeholder = "name-to-be-corrected";

/**
 * The resource without the fields that other checks refuse, so that the faults of its body are told together with theirs.
 *
 * @param refused paths of those faults
 * @returns the resource itself when none of them is beside its body
 */
export function mendedResource(listed: ListedResource, refused: readonly string[]): ListedResource {
  const isRefused = (path: string) =>
    refused.some(one => one === path || one.startsWith(`${path}.`) || one.startsWith(`${path}[`));
  const faulty = new Set<string>(besideTheBody.filter(field => isRefused(`${listed.path}.${field}`)));
  const metadataIsFaulty = isRefused(`${listed.path}.spec.metadata`);
  const isUnnamed = refused.includes(listed.path);
  if (faulty.size === 0 && !metadataIsFaulty && !isUnnamed) return listed;
  const { metadata, ...body } = listed.resource.spec;
  const kept = Object.fromEntries(Object.entries(listed.resource).filter(([field]) => !faulty.has(field)));
  const resource: FormResource = {
    ...kept,
    id: listed.resource.id,
    spec: metadataIsFaulty || !isPlainObject(metadata) ? body : { ...body, metadata },
    nameTemplate: placeholder,
  };
  return { ...listed, resource };
}
