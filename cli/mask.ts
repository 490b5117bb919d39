import { type CompiledBody } from "../lib/blueprint/body";
import { type CompiledResource } from "../lib/blueprint/compile";
import { isPlainObject, type KubernetesObject } from "../lib/blueprint/object";
import { type RenderContext } from "../lib/blueprint/render";
import { isSecret } from "../lib/blueprint/secret-data";
import { MASK } from "../lib/plan/object-diff";
import { type Template } from "../lib/template";

export interface Masked {
  readonly resource: CompiledResource;
  /** How many fields are masked. */
  readonly count: number;
}

/**
 * The resource with a mask for every field whose template reads a sensitive variable: what is made of it, a digest for one,
 * may tell it, too. Masked before it is rendered, the value cannot be in what comes of it.
 */
export function maskResource(resource: CompiledResource, sensitive: ReadonlySet<string>): Masked {
  let count = 0;
  const reads = ({ analysis }: Template): boolean =>
    analysis.readsWholeData || analysis.variables.some(({ name }) => sensitive.has(name));
  const mask = (body: CompiledBody): CompiledBody => {
    switch (body.kind) {
      case "literal":
        return body;
      case "template":
        if (!reads(body.template)) return body;
        count++;
        return { kind: "literal", value: MASK };
      case "list":
        return { kind: "list", items: body.items.map(mask) };
      case "object":
        return { kind: "object", fields: body.fields.map(([key, field]) => [key, mask(field)]) };
    }
  };
  if (sensitive.size === 0) return { resource, count };
  return { resource: { ...resource, body: resource.body.map(([key, body]) => [key, mask(body)]) }, count };
}

/** The context of a masked resource, in which nobody finds a sensitive value. */
export function maskContext(context: RenderContext): RenderContext {
  const variables = new Map(context.variables);
  for (const name of context.sensitive) if (variables.has(name)) variables.set(name, MASK);
  return { ...context, variables };
}

/** Makes masks readable that a Secret holds as base64. */
export function showMasks(object: KubernetesObject, resource: CompiledResource): KubernetesObject {
  const { data } = object;
  if (!isSecret(resource.gvk) || !isPlainObject(data)) return object;
  const encoded = Buffer.from(MASK, "utf8").toString("base64");
  const shown = Object.entries(data).map(([key, value]) => [key, value === encoded ? MASK : value]);
  return { ...object, data: Object.fromEntries(shown) };
}
