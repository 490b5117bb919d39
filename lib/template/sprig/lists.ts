import { type FunctionContext, FunctionError, type GoValue } from "../value";
import { compareText } from "./bytes";
import { toInt64 } from "./cast";
import { type Family, fixed, type SprigFunction, variadic } from "./definition";
import { deepEqual } from "./equality";
import { collectionType, isEmpty, kindName, nilList, typed, typeName } from "./kinds";
import { joinReserved } from "./strings";
import { textsOfValue } from "./text-of-value";

const LIST = "[]interface {}";
/** Comparing two lists takes about as long as printing so many characters. */
const CHARACTERS_PER_COMPARISON = 8;

const push = fixed(["any", "any"], LIST, (list, item, context) => grown([...elements(list), item], context));
const prepend = fixed(["any", "any"], LIST, (list, item, context) => grown([item, ...elements(list)], context));
const chunk = fixed(["int", "any"], "[][]interface {}", (size, list) => chunks(size, elements(list)));
const first = fixed(["any"], "interface {}", list => elements(list)[0] ?? null);
const last = fixed(["any"], "interface {}", list => elements(list).at(-1) ?? null);
const rest = fixed(["any"], LIST, list => (elements(list).length === 0 ? nilList() : elements(list).slice(1)));
const initial = fixed(["any"], LIST, list => (elements(list).length === 0 ? nilList() : elements(list).slice(0, -1)));
const reverse = fixed(["any"], LIST, list => [...elements(list)].reverse());
const compact = fixed(["any"], LIST, list => elements(list).filter(item => !isEmpty(item)));
const uniq = fixed(["any"], LIST, (list, context) => {
  const seen = new Seen(context);
  return elements(list).filter(item => seen.add(item));
});
const without = variadic(["any"], "any", LIST, (list, omitted, context) => {
  const seen = new Seen(context);
  for (const item of omitted) seen.add(item);
  return elements(list).filter(item => !seen.has(item));
});
const has = fixed(["any", "any"], "bool", (needle, list) =>
  list === null ? false : elements(list).some(item => deepEqual(needle, item)),
);
const slice = variadic(["any"], "any", "interface {}", sliceOf);
const list = variadic([], "any", LIST, items => items);

/** Functions on lists. They never change the list that they get, but for sortAlpha. */
export const lists: Family = {
  list,
  tuple: list,
  ...withMust({ push, prepend, chunk, first, last, rest, initial, reverse, compact, uniq, without, has, slice }),
  append: push,
  mustAppend: push,
  concat: variadic([], "any", "interface {}", (parts, context) => {
    if (parts.every(part => elements(part).length === 0)) return nilList();
    const length = parts.reduce<number>((sum, part) => sum + elements(part).length, 0);
    context.reserve(length);
    return parts.flatMap(part => elements(part));
  }),
  join: fixed(["string", "any"], "string", (separator, value, context) =>
    joinReserved(textsOfValue(value, context), separator, context),
  ),
  toStrings: fixed(["any"], "[]string", textsOfValue),
  // Sorts a list of texts (of splitList, say) in place, as Sprig does; any other list is copied.
  sortAlpha: fixed(["any"], "[]string", (value, context) =>
    value === null ? typed(["<nil>"], "string") : textsOfValue(value, context).sort(compareText),
  ),
};

/** Sprig has each of them twice: the plain name panics where the must form returns an error. Both fail a render. */
function withMust(functions: Readonly<Record<string, SprigFunction>>): Family {
  const names = Object.entries(functions).flatMap(([name, definition]) => [
    [name, definition] as const,
    [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, definition] as const,
  ]);
  return Object.fromEntries(names);
}

function elements(value: GoValue): GoValue[] {
  if (Array.isArray(value)) return value;
  throw new FunctionError(`wants a list, got ${value === null ? "nil" : kindName(value)}`);
}

function grown(list: GoValue[], context: FunctionContext): GoValue[] {
  context.reserve(list.length);
  return list;
}

/** Follows Go's arithmetic, in which a negative size now and then gives a result. */
function chunks(size: bigint, list: readonly GoValue[]): GoValue[] {
  const step = Number(size);
  const count = Math.floor((list.length - 1) / step) + 1;
  const lastLength = Math.floor(list.length % step) || step;
  if (!Number.isFinite(count) || count < 0 || (count > 0 && lastLength < 0)) {
    throw new FunctionError("the chunk size must be 1 or more");
  }
  const parts: GoValue[] = [];
  for (let index = 0; index < count; index++)
    parts.push(list.slice(index * step).slice(0, step > 0 ? step : lastLength));
  return typed(parts, LIST);
}

function sliceOf(value: GoValue, indices: readonly GoValue[]): GoValue {
  const items = elements(value);
  if (items.length === 0) return null;
  const start = indices[0] === undefined ? 0n : toInt64(indices[0]);
  const end = indices[1] === undefined ? BigInt(items.length) : toInt64(indices[1]);
  if (start < 0n || end < start || end > BigInt(items.length)) {
    throw new FunctionError(`the range ${start}:${end} is outside of the list, which has ${items.length} elements`);
  }
  return typed(items.slice(Number(start), Number(end)), collectionType(items).element);
}

/** Values met before: scalars by a set, lists and dicts by comparison with those of the same outline. */
class Seen {
  private readonly scalars = new Set<GoValue>();
  private readonly collections = new Map<string, GoValue[]>();
  private comparisons = 0;

  constructor(private readonly context: FunctionContext) {}

  has(value: GoValue): boolean {
    // NaN equals nothing in Go, and itself in a Set.
    if (typeof value === "number" && Number.isNaN(value)) return false;
    if (typeof value !== "object" || value === null) return this.scalars.has(value);
    const candidates = this.collections.get(outline(value)) ?? [];
    this.comparisons += candidates.length;
    this.context.reserve(this.comparisons * CHARACTERS_PER_COMPARISON);
    return candidates.some(other => deepEqual(value, other));
  }

  /** False if it was there before. */
  add(value: GoValue): boolean {
    if (this.has(value)) return false;
    if (typeof value !== "object" || value === null) {
      this.scalars.add(value);
      return true;
    }
    const key = outline(value);
    const candidates = this.collections.get(key);
    if (candidates === undefined) this.collections.set(key, [value]);
    else candidates.push(value);
    return true;
  }
}

/** Equal for equal values: the type, the size and the first element. */
function outline(value: GoValue): string {
  const first = Array.isArray(value) ? value[0] : value instanceof Map ? value.size : null;
  const shown = typeof first === "object" ? "" : typeof first === "number" && first === 0 ? "0" : String(first);
  return `${typeName(value)} ${Array.isArray(value) ? value.length : 0} ${shown}`;
}
