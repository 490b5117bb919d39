import { FunctionError, type GoMap } from "../value";
import { isEmpty, isMap } from "./kinds";

const MAX_DEPTH = 1000;
const MAX_ENTRIES = 200_000;

/**
 * mergo 1.0.1 on dicts, in place. Dicts merge key by key, anything else is replaced as a whole: by default only where the
 * target has nothing, or an empty value; with overwrite always, even by an empty value or nil.
 * @throws FunctionError if a dict contains itself, or the dicts are too large
 */
export function mergeInto(target: GoMap, source: GoMap, overwrite: boolean): void {
  let merged = 0;
  const merge = (into: GoMap, from: GoMap, depth: number): void => {
    for (const [key, value] of Array.from(from)) {
      if (depth > MAX_DEPTH || ++merged > MAX_ENTRIES) {
        throw new FunctionError("the dicts are nested too deeply, too large, or contain themselves");
      }
      const existing = into.get(key);
      const existingMap = existing !== undefined && isMap(existing) ? existing : undefined;
      if (value === null) {
        if (overwrite) into.set(key, null);
        continue;
      }
      if (isMap(value) && existingMap !== undefined) merge(existingMap, value, depth + 1);
      const occupied = existing !== undefined && !isEmpty(existing);
      if (occupied && isMap(value) && existingMap !== undefined) continue;
      if (overwrite || !occupied) into.set(key, value);
    }
  };
  merge(target, source, 0);
}
