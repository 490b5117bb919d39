import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { type JsonPath, type Location, matches, removeMatches } from "../blueprint/json-path";
import { FIELD_MANAGER, LEGACY_FIELD_MANAGER } from "../metadata";
import { ownersOfField } from "./field-ownership";

/**
 * Leaves ignored fields to others on every write after the first. A field that somebody else owns is left out; one that still is ours alone keeps its
 * live value, because a field that its last owner stops applying is removed and falls back to a default (a Deployment would drop to one replica).
 */
export function leaveIgnoredFields(
  desired: KubernetesObject,
  live: KubernetesObject,
  paths: readonly JsonPath[],
): KubernetesObject {
  return paths.reduce((object, path) => {
    const kept = removeMatches(object, path).object;
    const oursAlone = matches(live, path).filter(({ location }) =>
      ownersOfField(live, location).every(owner => owner === FIELD_MANAGER || owner === LEGACY_FIELD_MANAGER),
    );
    if (oursAlone.length === 0) return kept;
    const copy = structuredClone(kept);
    for (const { location, value } of oursAlone)
      if (presentIn(object, live, location)) set(copy, live, location, value);
    return copy;
  }, desired);
}

/** Whether the form writes the field at all: a live field that it never mentions is nobody's business. */
function presentIn(desired: unknown, live: unknown, location: Location): boolean {
  const [key, ...rest] = location;
  if (key === undefined) return desired !== undefined;
  const place = counterpart(desired, live, key);
  return place !== undefined && presentIn(childAt(desired, place), childAt(live, key), rest);
}

function set(target: unknown, live: unknown, location: Location, value: unknown): void {
  const [key, ...rest] = location;
  if (key === undefined) return;
  if (rest.length > 0) {
    const place = counterpart(target, live, key);
    if (place !== undefined) set(childAt(target, place), childAt(live, key), rest, value);
    return;
  }
  if (isPlainObject(target) && typeof key === "string") target[key] = value;
  else if (Array.isArray(target)) target.push(value);
}

/** The same place in the other object: list items are matched by `name` where they have one, else by index. */
function counterpart(other: unknown, live: unknown, key: string | number): string | number | undefined {
  if (typeof key === "string") return isPlainObject(other) && Object.hasOwn(other, key) ? key : undefined;
  if (!Array.isArray(other)) return undefined;
  const item = childAt(live, key);
  if (!isPlainObject(item) || typeof item["name"] !== "string") return key < other.length ? key : undefined;
  const index = other.findIndex((candidate: unknown) => isPlainObject(candidate) && candidate["name"] === item["name"]);
  return index < 0 ? undefined : index;
}

function childAt(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return isPlainObject(value) && typeof key === "string" && Object.hasOwn(value, key) ? value[key] : undefined;
}
