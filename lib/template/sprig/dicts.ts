import { type FunctionContext, FunctionError, type GoMap, type GoValue } from "../value";
import { type Family, fixed, variadic } from "./definition";
import { copyDeep } from "./deep-copy";
import { sortedKeys } from "./equality";
import { collectionType, isMap, kindName, typed } from "./kinds";
import { mergeInto } from "./merge";
import { textOfValue } from "./text-of-value";

const DICT = "map[string]interface {}";
const LIST = "[]interface {}";

const merge = variadic(["dict"], "dict", "interface {}", (target, sources) => merged(target, sources, false), {
  mutates: true,
});
const mergeOverwrite = variadic(["dict"], "dict", "interface {}", (target, sources) => merged(target, sources, true), {
  mutates: true,
});
const deepCopy = fixed(["any"], "interface {}", (value, context) => {
  if (value === null) throw new FunctionError("there is nothing to copy: the value is nil");
  return copyDeep(value, context);
});

/** Functions on dicts. Go's order of map keys is random; here it is sorted, so that a render is repeatable. */
export const dicts: Family = {
  dict: variadic([], "any", DICT, dictOf),
  get: fixed(["dict", "string"], "interface {}", (dict, key) => dict.get(key) ?? (dict.has(key) ? null : "")),
  set: fixed(
    ["dict", "string", "any"],
    DICT,
    (dict, key, value) => {
      if (collectionType(dict).nil) throw new FunctionError("the dict is nil, and takes no keys");
      return dict.set(key, value);
    },
    { mutates: true },
  ),
  unset: fixed(
    ["dict", "string"],
    DICT,
    (dict, key) => {
      dict.delete(key);
      return dict;
    },
    { mutates: true },
  ),
  hasKey: fixed(["dict", "string"], "bool", (dict, key) => dict.has(key), { guards: true }),
  pluck: variadic(["string"], "dict", LIST, (key, sources) =>
    sources.filter(dict => dict.has(key)).map(dict => dict.get(key) ?? null),
  ),
  keys: variadic([], "dict", "[]string", (sources, context) => {
    context.reserve(sources.reduce((sum, dict) => sum + dict.size, 0));
    return typed(sources.flatMap(sortedKeys), "string");
  }),
  values: fixed(["dict"], LIST, dict => sortedKeys(dict).map(key => dict.get(key) ?? null)),
  pick: variadic(["dict"], "string", DICT, (dict, keys) => {
    const picked: GoMap = new Map();
    for (const key of keys) if (dict.has(key)) picked.set(key, dict.get(key) ?? null);
    return picked;
  }),
  omit: variadic(["dict"], "string", DICT, (dict, keys) => {
    const omitted = new Set(keys);
    return new Map<string, GoValue>([...dict].filter(([key]) => !omitted.has(key)));
  }),
  merge,
  mustMerge: merge,
  mergeOverwrite,
  mustMergeOverwrite: mergeOverwrite,
  deepCopy,
  mustDeepCopy: deepCopy,
  dig: variadic([], "any", "interface {}", dig),
};

function dictOf(items: readonly GoValue[], context: FunctionContext): GoMap {
  const dict: GoMap = new Map();
  for (let index = 0; index < items.length; index += 2) {
    const value = items[index + 1];
    dict.set(textOfValue(items[index] ?? null, context), value === undefined ? "" : value);
  }
  return dict;
}

function merged(target: GoMap, sources: readonly GoMap[], overwrite: boolean): GoMap {
  const result = collectionType(target).nil && sources.length > 0 ? new Map<string, GoValue>() : target;
  for (const source of sources) mergeInto(result, source, overwrite);
  return result;
}

/** The value at a path of keys, the default where the path ends early. A step into something that is no dict is an error. */
function dig(args: readonly GoValue[]): GoValue {
  if (args.length < 3) throw new FunctionError("wants at least three arguments: keys, a default, and a dict");
  const path = args.slice(0, -2).map(key => {
    if (typeof key === "string") return key;
    throw new FunctionError(`keys must be texts, got ${kindName(key)}`);
  });
  let here = args.at(-1) ?? null;
  for (const key of path) {
    if (!isMap(here) || collectionType(here).element !== "interface {}") {
      throw new FunctionError(`wants to look into a dict, got ${here === null ? "nil" : kindName(here)}`);
    }
    const next = here.get(key);
    if (next === undefined) return args.at(-2) ?? null;
    here = next;
  }
  return here;
}
