import { isEqual } from "../blueprint/json-path/equality";
import { isPlainObject } from "../blueprint/object";

/** The body of a JSON merge patch (RFC 7386) of the status subresource. */
export interface StatusPatch {
  readonly status: Readonly<Record<string, unknown>>;
}

/**
 * What turns one status into the other, or undefined if they say the same. Fields that are gone are nulled; lists, conditions
 * among them, are sent whole, as a merge patch has no way into them.
 */
export function statusPatch(previous: object | undefined, next: object): StatusPatch | undefined {
  const status = mergePatch({ ...previous }, { ...next });
  return Object.keys(status).length === 0 ? undefined : { status };
}

function mergePatch(
  previous: Readonly<Record<string, unknown>>,
  next: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const removed = Object.keys(previous).filter(field => isPresent(previous[field]) && !isPresent(next[field]));
  const changed = Object.entries(next).flatMap(([field, value]): [string, unknown][] => {
    if (!isPresent(value)) return [];
    const before = Object.hasOwn(previous, field) ? previous[field] : undefined;
    if (isEqual(before, value)) return [];
    return [[field, isPlainObject(before) && isPlainObject(value) ? mergePatch(before, value) : value]];
  });
  return Object.fromEntries([...removed.map(field => [field, null] as const), ...changed]);
}

/** Null and undefined both stand for a field that is not there. */
function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
