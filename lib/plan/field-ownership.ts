import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { type Location } from "../blueprint/json-path";

/**
 * Field managers of the object that own the field at a location, as `managedFields` tells (KEP-555, fieldsV1). An owner by way of a subresource is
 * one, too: `kubectl scale` and an HPA own replicas through `scale`.
 */
export function ownersOfField(object: KubernetesObject, location: Location): string[] {
  return (object.metadata.managedFields ?? [])
    .filter(entry => covers(entry.fieldsV1, object, location))
    .map(entry => entry.manager ?? "");
}

function covers(fields: unknown, value: unknown, location: Location): boolean {
  const [key, ...rest] = location;
  if (key === undefined) return true;
  if (!isPlainObject(fields)) return false;
  if (typeof key === "string") {
    const below = fields[`f:${key}`];
    if (below === undefined) return false;
    return isLeaf(below) || covers(below, isPlainObject(value) ? value[key] : undefined, rest);
  }
  const item: unknown = Array.isArray(value) ? value[key] : undefined;
  return Object.entries(fields).some(
    ([name, below]) => isItem(name, item, key) && (isLeaf(below) || covers(below, item, rest)),
  );
}

/** An empty set owns the whole value: an atomic list or map, or a scalar. */
function isLeaf(fields: unknown): boolean {
  return isPlainObject(fields) && Object.keys(fields).length === 0;
}

/** `k:{"name":"app"}` by key fields, `v:"x"` by value, `i:0` by place. */
function isItem(name: string, item: unknown, index: number): boolean {
  if (name.startsWith("i:")) return name === `i:${index}`;
  if (!name.startsWith("k:") && !name.startsWith("v:")) return false;
  const wanted: unknown = JSON.parse(name.slice(2));
  if (name.startsWith("v:")) return JSON.stringify(wanted) === JSON.stringify(item);
  return (
    isPlainObject(wanted) && isPlainObject(item) && Object.entries(wanted).every(([key, value]) => item[key] === value)
  );
}
