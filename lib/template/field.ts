import { type Place } from "./errors";
import { collectionType, isMap, typeName } from "./sprig/kinds";
import { GoObject } from "./sprig/object";
import { FunctionError, type GoMap, type GoValue, MissingValue } from "./value";

/**
 * What a key that a map does not have yields: `strict` a {@link MissingValue}; the others are Go's missingkey option,
 * where `invalid` and `default` are the same.
 */
export type MissingKey = "strict" | "invalid" | "default" | "zero" | "error";

/** One field of a chain such as `.a.b`. */
export interface FieldStep {
  readonly name: string;
  /** The chain up to here, as written. */
  readonly path: string;
  readonly place: Place;
}

/** The zero value of what a map or list holds: nil, but "" in Go's map[string]string. */
export function zeroElement(collection: GoMap | GoValue[]): GoValue {
  const { element } = collectionType(collection);
  return element === "string" ? "" : element === "int" ? 0n : null;
}

/**
 * Walks along fields.
 * @param nilIsElement whether a nil receiver came out of a list or map; Go tells it from other nils
 */
export function fieldChain(
  receiver: GoValue,
  steps: readonly FieldStep[],
  missingKey: MissingKey,
  nilIsElement: boolean,
): GoValue {
  let value = receiver;
  let isElement = nilIsElement;
  for (const step of steps) {
    if (isMap(value)) {
      const found = value.get(step.name);
      isElement = found !== undefined || missingKey === "zero";
      value = found ?? (found === undefined ? absent(value, step, missingKey) : null);
    } else {
      const isNil = value === null;
      value = fieldOfOther(value, step, missingKey, isElement);
      isElement = !isNil;
    }
  }
  return value;
}

function absent(map: GoMap, { name, path, place }: FieldStep, missingKey: MissingKey): GoValue {
  switch (missingKey) {
    case "strict":
      return new MissingValue(path);
    case "error":
      throw place.error(`map has no entry for key ${JSON.stringify(name)}`, { variable: path });
    case "zero":
      return zeroElement(map);
    case "invalid":
    case "default":
      return null;
  }
}

function fieldOfOther(
  value: GoValue,
  { name, path, place }: FieldStep,
  missingKey: MissingKey,
  nilIsElement: boolean,
): GoValue {
  if (value instanceof MissingValue) return new MissingValue(path);
  if (value === null) {
    if (nilIsElement) throw place.error(`nil pointer evaluating interface {}.${name}`, { variable: path });
    if (missingKey === "strict") return new MissingValue(path);
    if (missingKey === "error")
      throw place.error(`nil data; no entry for key ${JSON.stringify(name)}`, { variable: path });
    return null;
  }
  const found = value instanceof GoObject ? value.get(name) : undefined;
  if (found === undefined)
    throw place.error(`can't evaluate field ${name} in type ${typeName(value)}`, { variable: path });
  return found;
}

/** A field with arguments: only the methods of objects take any. */
export function callMethod(receiver: GoValue, name: string, args: readonly GoValue[], place: Place): GoValue {
  if (receiver instanceof GoObject) {
    try {
      return receiver.method(name, args);
    } catch (error) {
      if (error instanceof FunctionError) {
        throw place.error(`error calling ${name}: ${error.message}`, { functionName: name });
      }
      throw error;
    }
  }
  if (receiver === null || receiver instanceof MissingValue || isMap(receiver)) {
    throw place.error(`${name} is not a method but has arguments`);
  }
  throw place.error(`can't evaluate field ${name} in type ${typeName(receiver)}`);
}
