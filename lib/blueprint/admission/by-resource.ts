import { type Finding } from "./findings";

const RESOURCE = /^spec\.\w+\[\d+\]/;

/** Findings by the resource that they are about (`spec.deployments[0]`); those about the form as a whole are left out. */
export function byResource(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const one of findings) {
    const [resource] = RESOURCE.exec(one.path) ?? [];
    if (resource === undefined) continue;
    const known = found.get(resource);
    if (known === undefined) found.set(resource, [one]);
    else known.push(one);
  }
  return found;
}
