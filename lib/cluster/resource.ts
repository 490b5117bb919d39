/** A kind as the API server serves it, and the paths of its objects. */

import { type GroupVersionKind } from "../blueprint/object";

export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface ObjectKey {
  /** Ignored for kinds of the cluster. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** A name or namespace that cannot be a part of a path: it would point at something else. */
export class PathSegmentError extends Error {
  override readonly name = "PathSegmentError";
}

/**
 * Path of a collection, an object or its subresource. A namespaced kind without a namespace gives the collection of all namespaces.
 * @throws PathSegmentError for names that the API server would refuse in a path, or an object of a namespaced kind without a namespace
 */
export function resourcePath(resource: ApiResource, namespace?: string, name?: string, subresource?: string): string {
  let path = groupVersionPath(resource);
  if (resource.namespaced && namespace !== undefined && namespace !== "") {
    path += `/namespaces/${segment(resource, "namespace", namespace)}`;
  } else if (resource.namespaced && name !== undefined) {
    throw new PathSegmentError(`${resource.kind} "${name}" needs a namespace, and none was given.`);
  }
  path += `/${resource.plural}`;
  if (name !== undefined) path += `/${segment(resource, "name", name)}`;
  if (subresource !== undefined) path += `/${segment(resource, "subresource", subresource)}`;
  return path;
}

/** @throws PathSegmentError */
export function groupVersionPath(gvk: GroupVersionKind | ApiResource): string {
  const version = segment(gvk, "version", gvk.version);
  return gvk.group === "" ? `/api/${version}` : `/apis/${segment(gvk, "group", gvk.group)}/${version}`;
}

/** `namespace/name`, or the name alone for objects of the cluster. */
export function objectKey(metadata: { namespace?: string; name?: string }): string {
  const name = metadata.name ?? "";
  return metadata.namespace === undefined || metadata.namespace === "" ? name : `${metadata.namespace}/${name}`;
}

function segment(resource: Pick<ApiResource, "kind">, what: string, value: string): string {
  // IsValidPathSegmentName of apimachinery.
  if (value === "" || value === "." || value === ".." || /[/%]/.test(value)) {
    throw new PathSegmentError(`${resource.kind} has an impossible ${what}: "${value}".`);
  }
  return encodeURIComponent(value);
}
