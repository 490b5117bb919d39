/** One step of a path: the key of an object, or the index of a list. */
export type Step = string | number;

/** Splits a path as problems carry it: `spec.deployments[0].spec.data["a.b"]`. What is no path splits as far as it is one. */
export function splitPath(path: string): Step[] {
  const steps: Step[] = [];
  const pattern = /\.?([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  for (let match = pattern.exec(path); match !== null; match = pattern.exec(path)) {
    const [, key, index, quoted] = match;
    if (key !== undefined) steps.push(key);
    else if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(unquote(quoted));
  }
  return steps;
}

function unquote(quoted: string): string {
  const text: unknown = JSON.parse(quoted);
  return typeof text === "string" ? text : quoted;
}
