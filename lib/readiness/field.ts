import { isPlainObject, type KubernetesObject } from "../blueprint/object";

/** The value at a path of names, or undefined where the path breaks off. Null counts as absent, as in the Kubernetes API. */
function fieldAt(object: KubernetesObject, ...path: readonly string[]): unknown {
  const value = path.reduce<unknown>(
    (at, name) => (isPlainObject(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    object,
  );
  return value ?? undefined;
}

export function numberAt(object: KubernetesObject, ...path: readonly string[]): number | undefined {
  const value = fieldAt(object, ...path);
  return typeof value === "number" ? value : undefined;
}

export function textAt(object: KubernetesObject, ...path: readonly string[]): string | undefined {
  const value = fieldAt(object, ...path);
  return typeof value === "string" ? value : undefined;
}

/** The list at a path; empty if there is none. */
export function listAt(object: KubernetesObject, ...path: readonly string[]): readonly unknown[] {
  const value = fieldAt(object, ...path);
  return Array.isArray(value) ? value : [];
}
