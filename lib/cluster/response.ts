/** The shapes of the API server's answers, checked where they enter. */

import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { UnexpectedResponseError } from "./errors";

export interface ListPage {
  readonly items: readonly KubernetesObject[];
  /** Of the whole list: the point from which a watch may go on. */
  readonly resourceVersion: string;
  /** Token of the next page; empty on the last. */
  readonly continueToken: string;
}

export function isKubernetesObject(value: unknown): value is KubernetesObject {
  return (
    isPlainObject(value) &&
    typeof value.apiVersion === "string" &&
    typeof value.kind === "string" &&
    isPlainObject(value.metadata)
  );
}

/** @throws UnexpectedResponseError */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnexpectedResponseError(`${source} answered with something that is not JSON; is it an API server?`);
  }
}

/** @throws UnexpectedResponseError */
export function readObject(value: unknown, source: string): KubernetesObject {
  if (isKubernetesObject(value)) return value;
  throw new UnexpectedResponseError(`${source} answered with something that is not a Kubernetes object.`);
}

/** The kind as which a server sends metadata alone. */
const PARTIAL_KIND = "PartialObjectMetadata";

export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Gives an object its kind where the server leaves it out (items of lists) or hides it (metadata alone). */
export function withType(value: unknown, type: TypeMeta): unknown {
  if (!isPlainObject(value) || (value.kind !== undefined && value.kind !== PARTIAL_KIND)) return value;
  return { ...value, apiVersion: type.apiVersion, kind: type.kind };
}

/** @throws UnexpectedResponseError */
export function readList(value: unknown, type: TypeMeta, source: string): ListPage {
  if (
    !isPlainObject(value) ||
    !isPlainObject(value.metadata) ||
    !(Array.isArray(value.items) || value.items === null)
  ) {
    throw new UnexpectedResponseError(`${source} answered with something that is not a list.`);
  }
  const { metadata } = value;
  const items: KubernetesObject[] = [];
  for (const item of value.items ?? []) items.push(readObject(withType(item, type), source));
  return {
    items,
    resourceVersion: typeof metadata.resourceVersion === "string" ? metadata.resourceVersion : "",
    continueToken: typeof metadata.continue === "string" ? metadata.continue : "",
  };
}
