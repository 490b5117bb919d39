import { FunctionError, type GoMap } from "../value";
import { isEmpty, isMap } from "./kinds";

const MAX_DEPTH = 1000;

/**
 * mergo 1.0.1 on dicts, in place. Dicts merge key by key, anything else is replaced as a whole: by default only where the
 * target has nothing, or an empty value; with overwrite always, even by an empty value or nil.
 * @throws FunctionError if a dict contains itself
 */
export function mergeInto(target: GoMap, source: GoMap, overwrite: boolean, depth = 0): void {
  if (depth > MAX_DEPTH) throw new FunctionError("the dicts are nested too deeply, or contain themselves");
  for (const [key, value] of [...source]) {
    const existing = target.get(key);
    const existingMap = existing !== undefined && isMap(existing) ? existing : undefined;
    if (value === null) {
      if (overwrite) target.set(key, null);
      continue;
    }
    if (isMap(value) && existingMap !== undefined) mergeInto(existingMap, value, overwrite, depth + 1);
    const occupied = existing !== undefined && !isEmpty(existing);
    if (occupied && isMap(value) && existingMap !== undefined) continue;
    if (overwrite || !occupied) target.set(key, value);
  }
}
