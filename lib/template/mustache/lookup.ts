import { type GoMap, type GoValue, MissingValue } from "../value";

/** The values that sections stand in, the innermost last; the data is the first. */
export type Context = readonly GoValue[];

/**
 * The value of a name, as the mustache package finds it: the innermost value that has the whole path.
 * @returns a {@link MissingValue} when there is none
 */
export function lookUp(name: string, context: Context): GoValue {
  if (name === ".") return context.at(-1) ?? null;
  const steps = name.split(".");
  for (let index = context.length - 1; index >= 0; index--) {
    const found = walk(context[index] ?? null, steps);
    if (found !== undefined) return found;
  }
  return new MissingValue(`.${name}`);
}

function walk(from: GoValue, steps: readonly string[]): GoValue | undefined {
  let value: GoValue | undefined = from;
  for (const step of steps) {
    if (value === undefined) return undefined;
    value = child(value, step);
  }
  return value;
}

function child(value: GoValue, step: string): GoValue | undefined {
  if (isMap(value)) return value.get(step);
  // Only elements: a list has no other fields.
  return Array.isArray(value) && /^\d+$/.test(step) ? value[Number(step)] : undefined;
}

export function isMap(value: GoValue): value is GoMap {
  return value instanceof Map;
}

/** Whether a section is left out: for nil, false, 0, the empty text, and what is missing. Lists decide by their elements. */
export function isFalsy(value: GoValue): boolean {
  if (value instanceof MissingValue || value === null) return true;
  return value === false || value === "" || value === 0n || value === 0 || Number.isNaN(value);
}
