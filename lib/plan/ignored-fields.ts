import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { type JsonPath, type Location, removableMatches, removeMatches } from "../blueprint/json-path";
import { FIELD_MANAGER, LEGACY_FIELD_MANAGER } from "../metadata";
import { ownersOfField } from "./field-ownership";

/**
 * Leaves ignored fields to others on every write after the first, as the way of writing demands:
 *
 * - `apply` leaves out a field that somebody else owns. One that still is ours alone keeps its live value, because a field that its last owner stops
 *   applying is removed and falls back to a default (a Deployment would drop to one replica).
 * - `merge` leaves out, except within lists, which a patch replaces as a whole: there the live value is written back.
 * - `replace` writes back the live value everywhere, whether or not the form has the field: what an update leaves out is gone.
 */
export function leaveIgnoredFields(
  desired: KubernetesObject,
  live: KubernetesObject,
  paths: readonly JsonPath[],
  strategy: "apply" | "merge" | "replace",
): KubernetesObject {
  return paths.reduce((object, path) => {
    const writtenBack = removableMatches(live, path).filter(({ location }) => {
      switch (strategy) {
        case "apply":
          return isOursAlone(live, location) && presentIn(object, live, location);
        case "merge":
          return location.some(key => typeof key === "number");
        case "replace":
          return true;
      }
    });
    const kept = removeMatches(object, path).object;
    if (writtenBack.length === 0) return kept;
    const copy = structuredClone(kept);
    for (const { location, value } of writtenBack) set(copy, live, location, value, strategy === "replace");
    return copy;
  }, desired);
}

function isOursAlone(live: KubernetesObject, location: Location): boolean {
  return ownersOfField(live, location).every(owner => owner === FIELD_MANAGER || owner === LEGACY_FIELD_MANAGER);
}

/** Whether the form writes the field at all: a live field that it never mentions is nobody's business. */
function presentIn(desired: unknown, live: unknown, location: Location): boolean {
  const [key, ...rest] = location;
  if (key === undefined) return desired !== undefined;
  const place = counterpart(desired, live, key);
  return place !== undefined && presentIn(childAt(desired, place), childAt(live, key), rest);
}

/** @param build makes the objects on the way that the target lacks; without, a place that the target lacks is left out */
function set(target: unknown, live: unknown, location: Location, value: unknown, build: boolean): void {
  const [key, ...rest] = location;
  if (key === undefined) return;
  if (rest.length === 0) {
    if (isPlainObject(target) && typeof key === "string") target[key] = value;
    else if (Array.isArray(target)) target.push(value);
    return;
  }
  const below = childAt(live, key);
  if (
    build &&
    isPlainObject(target) &&
    typeof key === "string" &&
    !Object.hasOwn(target, key) &&
    isPlainObject(below)
  ) {
    target[key] = {};
  }
  const place = counterpart(target, live, key);
  if (place !== undefined) set(childAt(target, place), below, rest, value, build);
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
