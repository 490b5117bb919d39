import { shortHash } from "../../record/short-hash";
import { type GoValue } from "../../template/value";
import { type NodeIdentity } from "../node-identity";
import { type RenderContext } from "../render";

/**
 * Rows that have nothing in common: no variable has the value of another one or of another row. The first two hold letters, digits and
 * dashes, legal in every name; the others are numbers. What is the same for all of them hardly depends on the row.
 */
const shapes: readonly ((name: string, mark: string) => string)[] = [
  name => `sample-${name.toLowerCase().replace(/[^a-z0-9]/g, "")}`,
  (_, mark) => `b${mark}b`,
  (_, mark) => `1${Number.parseInt(mark, 16)}3`,
  (_, mark) => `27${Number.parseInt(mark, 16)}`,
];
/** How many of the rows have values that are legal in every name. */
export const legalSamples = 2;

export function distinctSamples(
  variables: Iterable<string>,
  origin: { readonly namespace: string; readonly hub: string; readonly form: string },
): readonly RenderContext[] {
  const names = [...new Set([...variables, "uid"])];
  return shapes.map(shape => {
    const valueOf = (name: string) => shape(name, shortHash(name).slice(0, 6));
    const variables = new Map<string, GoValue>(names.map(name => [name, valueOf(name)]));
    variables.set("hubId", origin.hub).set("templateRef", origin.form);
    const recordUid = valueOf("uid");
    const node: NodeIdentity = { ...origin, name: `${recordUid}-${origin.form}`, recordUid };
    return { node, variables, sensitive: new Set<string>() };
  });
}
