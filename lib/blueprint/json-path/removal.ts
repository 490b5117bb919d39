import { RESERVED_PREFIX } from "../../metadata";
import { isPlainObject, type KubernetesObject } from "../object";
import { type Location, type Match, matches } from "./evaluator";
import { type JsonPath } from "./json-path";

export interface Removal {
  /** A copy without the matches, or the original itself when nothing was removed. */
  readonly object: KubernetesObject;
  /** Number of matches that were taken out. */
  readonly removed: number;
}

/**
 * Takes out of an object what the path matches. An item of a list is taken out, not set to null.
 * What makes the object the one it is and ours stays, whatever the path: apiVersion, kind, name, namespace, owner
 * references, and the labels and annotations that only the operator writes.
 *
 * @throws JsonPathLimitError when the path visits too many places.
 */
export function removeMatches(object: KubernetesObject, path: JsonPath): Removal {
  const removable = matches(object, path)
    .map(({ location, value }) => removableParts(location, value))
    .filter(parts => parts.length > 0);
  if (removable.length === 0) return { object, removed: 0 };
  const copy = structuredClone(object);
  for (const location of removable.flat().sort(lastFirst)) remove(copy, location);
  return { object: copy, removed: removable.length };
}

/** What {@link removeMatches} would take out, with its values. */
export function removableMatches(object: KubernetesObject, path: JsonPath): Match[] {
  return matches(object, path).flatMap(({ location, value }) =>
    removableParts(location, value).map(part => ({ location: part, value: part.reduce<unknown>(childAt, object) })),
  );
}

/** The location itself, or those parts of the value there that are not protected. */
function removableParts(location: Location, value: unknown): Location[] {
  switch (protectionOf(location)) {
    case "none":
      return [location];
    case "all":
      return [];
    case "parts":
      return isPlainObject(value)
        ? Object.entries(value).flatMap(([key, child]) => removableParts([...location, key], child))
        : [];
  }
}

function protectionOf([root, field, key]: Location): "none" | "parts" | "all" {
  if (root === "apiVersion" || root === "kind") return "all";
  if (root !== "metadata") return "none";
  if (field === undefined) return "parts";
  if (field === "name" || field === "namespace" || field === "ownerReferences") return "all";
  if (field !== "labels" && field !== "annotations") return "none";
  if (key === undefined) return "parts";
  return typeof key === "string" && key.startsWith(RESERVED_PREFIX) ? "all" : "none";
}

/** Later items of a list before earlier ones, and what lies deeper first, so that no removal moves the next one. */
function lastFirst(a: Location, b: Location): number {
  const depth = a.findIndex((key, index) => key !== b[index]);
  const key = a[depth];
  const other = b[depth];
  if (key === undefined) return b.length - a.length;
  if (other === undefined) return -1;
  return typeof key === "number" && typeof other === "number" ? other - key : key < other ? 1 : -1;
}

function remove(object: unknown, location: Location): void {
  const parent = location.slice(0, -1).reduce<unknown>(childAt, object);
  const key = location.at(-1);
  if (Array.isArray(parent) && typeof key === "number") parent.splice(key, 1);
  else if (isPlainObject(parent) && typeof key === "string") Reflect.deleteProperty(parent, key);
}

function childAt(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
