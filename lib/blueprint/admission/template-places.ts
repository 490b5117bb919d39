import { type FormResource } from "../../../crds";
import { fieldPath } from "../body";
import { isPlainObject } from "../object";

/** What a template's text becomes part of; decides what it may contain. */
export type TemplateUse = "name" | "namespace" | "condition" | "label" | "annotation" | "body";

/** One text of a resource that may be a template. */
export interface TemplatePlace {
  readonly path: string;
  readonly source: string;
  readonly use: TemplateUse;
}

/** No Kubernetes object nests so deep; the rooms after admission walk bodies recursively. */
export const deepestBody = 200;

/** Fields of the object that are never templates: checkBody refuses one there. */
const unrendered: ReadonlySet<string> = new Set(["apiVersion", "kind", "status"]);

/** Every text of a resource that is rendered, and the paths where the body nests deeper than {@link deepestBody}. */
export function templatePlaces(resource: FormResource, path: string): { places: TemplatePlace[]; tooDeep: string[] } {
  const { metadata, ...spec } = resource.spec;
  const body = Object.fromEntries(Object.entries(spec).filter(([field]) => !unrendered.has(field)));
  const { name, namespace, labels, annotations } = isPlainObject(metadata) ? metadata : {};
  const places: TemplatePlace[] = [];
  const add = (at: string, source: unknown, use: TemplateUse) => {
    if (typeof source === "string" && source !== "") places.push({ path: `${path}.${at}`, source, use });
  };
  const addAll = (at: string, map: unknown, use: TemplateUse) => {
    for (const [key, value] of isPlainObject(map) ? Object.entries(map) : []) add(fieldPath(at, key), value, use);
  };
  add("nameTemplate", resource.nameTemplate, "name");
  add("targetNamespace", resource.targetNamespace, "namespace");
  add("namespaceTemplate", resource.namespaceTemplate, "namespace");
  add("includeWhen", resource.includeWhen, "condition");
  addAll("labelsTemplate", resource.labelsTemplate, "label");
  addAll("annotationsTemplate", resource.annotationsTemplate, "annotation");
  add("spec.metadata.name", name, "name");
  add("spec.metadata.namespace", namespace, "namespace");
  addAll("spec.metadata.labels", labels, "label");
  addAll("spec.metadata.annotations", annotations, "annotation");
  return { places, tooDeep: addBody(body, `${path}.spec`, places) };
}

/** In the order of the body; with a stack of its own, since a hostile body may nest deeper than calls can. */
function addBody(body: Record<string, unknown>, path: string, places: TemplatePlace[]): string[] {
  const tooDeep: string[] = [];
  const open: { value: unknown; at: string; depth: number }[] = [{ value: body, at: path, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, at, depth } = next;
    if (typeof value === "string") {
      places.push({ path: at, source: value, use: "body" });
    } else if (depth > deepestBody && typeof value === "object" && value !== null) {
      tooDeep.push(at);
    } else {
      for (const [childPath, child] of childrenOf(value, at).reverse()) {
        open.push({ value: child, at: childPath, depth: depth + 1 });
      }
    }
  }
  return tooDeep;
}

function childrenOf(value: unknown, path: string): [string, unknown][] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [`${path}[${index}]`, item]);
  return isPlainObject(value) ? Object.entries(value).map(([key, child]) => [fieldPath(path, key), child]) : [];
}
