import { resourceListNames } from "../../../crds";
import { isPlainObject } from "../object";
import { type CheckResult, type Finding } from "./findings";

/** An object, and what was found of it. */
export interface Checked {
  readonly object: unknown;
  readonly result: CheckResult;
}

/**
 * What an update is told: an error that the object had before, in the same place and with the same value, becomes a warning, so that
 * stricter rules never lock out what is stored. Both must have been checked against the same hub and neighbours.
 */
export function ratchet(before: Checked, after: Checked): CheckResult {
  const old = new Set(before.result.errors.map(finding => signature(finding, before.object)));
  const isOld = (finding: Finding) => old.has(signature(finding, after.object));
  const tolerated = after.result.errors.filter(isOld).map(finding => ({
    ...finding,
    message: `${finding.message} (not new, so it does not stop this change)`,
  }));
  return {
    errors: after.result.errors.filter(finding => !isOld(finding)),
    warnings: [...tolerated, ...after.result.warnings],
  };
}

/** Same rule, same place by the resource's id and the field, same value: entries of lists may have moved. */
function signature({ rule, path, parameters }: Finding, object: unknown): string {
  const value = valueAt(object, path);
  const scalar = typeof value === "object" ? undefined : value;
  const place = withoutIndices(withResourceId(path, object));
  return JSON.stringify([rule, place, scalar, withoutIndices(JSON.stringify(parameters, dropHint))]);
}

/** A guess at what was meant depends on everything else that has a name. */
function dropHint(key: string, value: unknown): unknown {
  return key === "hint" ? undefined : value;
}

const listPath = new RegExp(`^spec\\.(${resourceListNames.join("|")})\\[(\\d+)\\]`);

function withResourceId(path: string, object: unknown): string {
  const [start, list = ""] = listPath.exec(path) ?? [];
  if (start === undefined) return path;
  const id = valueAt(object, `${start}.id`);
  return typeof id === "string" ? `spec.${list}(${id})${path.slice(start.length)}` : path;
}

function withoutIndices(text: string): string {
  return text.replace(/\[\d+\]/g, "[]");
}

/** Reads a path as fieldPath writes it: `a.b[0]["x/y"]`. */
function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const [, field, index, quoted] of path.matchAll(
    /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g,
  )) {
    if (Array.isArray(value) && index !== undefined) value = (value as readonly unknown[])[Number(index)];
    else if (isPlainObject(value)) value = value[field ?? keyOf(quoted)];
    else return undefined;
  }
  return value;
}

function keyOf(quoted = ""): string {
  const key: unknown = JSON.parse(`"${quoted}"`);
  return String(key);
}
