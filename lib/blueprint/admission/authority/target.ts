import { type FormResource } from "../../../../crds";
import { type TemplateDialect } from "../../../template";
import { type ListedResource } from "../../compile";
import { type GroupVersionKind, parseGroupVersionKind } from "../../object";
import { fixedText } from "../fixed-text";
import { templatePlaces } from "../template-places";

/** How the API server serves a kind. */
export interface ServedKind {
  /** Name of the resource in paths and rights: `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** A text of the form: undefined where each row has its own. */
export interface FixedPlace {
  readonly path: string;
  readonly text: string | undefined;
}

/** What can be said of the objects of a resource before there is a row. */
export interface FormTarget {
  /** Where the resource stands in the form: `spec.deployments[0]`. */
  readonly path: string;
  readonly resource: FormResource;
  readonly dialect: TemplateDialect;
  readonly gvk: GroupVersionKind;
  readonly served: ServedKind;
  readonly name: FixedPlace;
  /** Undefined for kinds of the cluster. */
  readonly namespace: FixedPlace | undefined;
}

/** The kind of a resource; undefined where the form does not say it, which other checks refuse. */
export function kindOf({ spec: { apiVersion, kind } }: FormResource): GroupVersionKind | undefined {
  if (typeof apiVersion !== "string" || typeof kind !== "string" || kind === "") return undefined;
  return parseGroupVersionKind(apiVersion, kind);
}

/** @param formNamespace where objects go that name no namespace */
export function formTarget(
  { path, resource, dialect }: ListedResource,
  gvk: GroupVersionKind,
  served: ServedKind,
  formNamespace: string,
): FormTarget {
  const { places } = templatePlaces(resource, path);
  const fixed = (use: "name" | "namespace", otherwise: FixedPlace): FixedPlace => {
    const place = places.find(one => one.use === use);
    return place === undefined ? otherwise : { path: place.path, text: fixedText(place.source, dialect) };
  };
  return {
    path,
    resource,
    dialect,
    gvk,
    served,
    name: fixed("name", { path, text: undefined }),
    namespace: served.namespaced ? fixed("namespace", { path, text: formNamespace }) : undefined,
  };
}
