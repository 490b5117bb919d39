import { zeroElement } from "./field";
import { byteLength, bytesOf, textOf } from "./sprig/bytes";
import { collectionType, isMap, typed, typeName } from "./sprig/kinds";
import { GoObject } from "./sprig/object";
import { FunctionError, type GoValue, type TemplateFunction } from "./value";

/** index, slice and len. Strings are indexed by byte, as in Go. */

function position(index: GoValue, limit: number): number {
  if (index === null) throw new FunctionError("cannot index slice/array with nil");
  if (typeof index !== "bigint") throw new FunctionError(`cannot index slice/array with type ${typeName(index)}`);
  if (index < 0n || index > BigInt(limit)) throw new FunctionError(`index out of range: ${index.toString()}`);
  return Number(index);
}

function element(item: GoValue, index: GoValue): GoValue {
  if (item === null) throw new FunctionError("index of nil pointer");
  if (typeof item === "string") {
    const bytes = bytesOf(item);
    const at = position(index, bytes.length);
    const byte = bytes[at];
    if (byte === undefined) throw new FunctionError(`index out of range: ${at}`);
    return BigInt(byte);
  }
  if (Array.isArray(item)) {
    const at = position(index, item.length);
    const found = item[at];
    if (found === undefined) throw new FunctionError(`index out of range: ${at}`);
    return found;
  }
  if (isMap(item)) {
    if (index === null) throw new FunctionError("value is nil; should be of type string");
    if (typeof index !== "string") throw new FunctionError(`value has type ${typeName(index)}; should be string`);
    return item.get(index) ?? (item.has(index) ? null : zeroElement(item));
  }
  throw new FunctionError(`can't index item of type ${typeName(item)}`);
}

function slice(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === null) throw new FunctionError("slice of untyped nil");
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  const isText = typeof item === "string";
  if (isText && indexes.length === 3) throw new FunctionError("cannot 3-index slice a string");
  if (!isText && !Array.isArray(item)) throw new FunctionError(`can't slice item of type ${typeName(item)}`);
  const length = isText ? byteLength(item) : item.length;
  const [start = 0, end = length, capacity = end] = indexes.map(index => position(index, length));
  if (start > end) throw new FunctionError(`invalid slice index: ${start} > ${end}`);
  if (end > capacity) throw new FunctionError(`invalid slice index: ${end} > ${capacity}`);
  if (!isText) return typed(item.slice(start, end), collectionType(item).element);
  return length === item.length ? item.slice(start, end) : textOf(bytesOf(item).subarray(start, end));
}

function length(item: GoValue): GoValue {
  if (typeof item === "string") return BigInt(byteLength(item));
  if (Array.isArray(item)) return BigInt(item.length);
  if (item instanceof Map && !(item instanceof GoObject)) return BigInt(item.size);
  throw new FunctionError(item === null ? "len of nil pointer" : `len of type ${typeName(item)}`);
}

export const indexing: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  [
    "index",
    {
      minArguments: 1,
      maxArguments: Infinity,
      light: true,
      call: ([item = null, ...indexes]) => {
        if (item === null) throw new FunctionError("index of untyped nil");
        return indexes.reduce(element, item);
      },
    },
  ],
  ["slice", { minArguments: 1, maxArguments: Infinity, call: ([item = null, ...indexes]) => slice(item, indexes) }],
  ["len", { minArguments: 1, maxArguments: 1, light: true, call: ([item = null]) => length(item) }],
]);
