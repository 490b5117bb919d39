import { isPlainObject, type KubernetesObject, type ManagedFieldsEntry } from "../blueprint/object";
import { FIELD_MANAGER, LEGACY_FIELD_MANAGER, LEGACY_OBJECT_ANNOTATIONS } from "../metadata";

/** A merge patch of metadata, but for what names the object. */
export interface Handover {
  readonly managedFields?: readonly ManagedFieldsEntry[];
  readonly annotations?: Readonly<Record<string, null>>;
}

/**
 * What changes hands before an object of the Go operator is written for the first time; undefined when it left nothing on it. Fields that it applied
 * become ours, so that what a form drops later is really removed; its notes go. What it merged or replaced is `manager`'s, a name that every operator of
 * its make has, and is not inherited.
 */
export function handoverOf({ metadata }: KubernetesObject): Handover | undefined {
  const { managedFields = [], annotations = {} } = metadata;
  const applied = managedFields.some(({ manager }) => manager === LEGACY_FIELD_MANAGER);
  const notes = LEGACY_OBJECT_ANNOTATIONS.filter(key => annotations[key] !== undefined);
  if (!applied && notes.length === 0) return undefined;
  return {
    ...(applied ? { managedFields: inherited(managedFields) } : {}),
    ...(notes.length === 0 ? {} : { annotations: Object.fromEntries(notes.map(key => [key, null])) }),
  };
}

/** After a way there and back both names may have an entry; the API server would keep only one of two of ours. */
function inherited(entries: readonly ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  const result: ManagedFieldsEntry[] = [];
  for (const entry of entries) {
    const ours = entry.manager === LEGACY_FIELD_MANAGER ? { ...entry, manager: FIELD_MANAGER } : entry;
    const at = result.findIndex(
      one =>
        one.manager === FIELD_MANAGER &&
        one.manager === ours.manager &&
        one.operation === ours.operation &&
        one.apiVersion === ours.apiVersion &&
        one.subresource === ours.subresource,
    );
    const twin = result[at];
    if (twin === undefined) result.push(ours);
    else result[at] = { ...twin, fieldsV1: union(twin.fieldsV1, ours.fieldsV1) };
  }
  return result;
}

function union(a: Record<string, unknown> = {}, b: Record<string, unknown> = {}): Record<string, unknown> {
  const all = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const known = all.get(key);
    all.set(key, isPlainObject(known) && isPlainObject(value) ? union(known, value) : value);
  }
  return Object.fromEntries(all);
}
