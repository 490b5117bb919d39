import { isPlainObject } from "../object";
import { passes } from "./filter-evaluator";
import { type JsonPath, JsonPathLimitError, type Segment, type Selector } from "./json-path";

/** Far beyond what a path visits in the objects that people write, unless it repeats `..`; a few dozen milliseconds. */
const MAXIMUM_VISITS = 50_000;

/** Names and indexes from the object's root down. */
export type Location = readonly (string | number)[];

export interface Match {
  readonly location: Location;
  readonly value: unknown;
}

/** One value and how it was reached; locations are spelled out only for the final matches. */
export interface Place {
  readonly value: unknown;
  readonly key?: string | number;
  readonly parent?: Place;
}

/** Counts the values visited on behalf of one path, filters included. */
export class Visit {
  private remaining = MAXIMUM_VISITS;

  constructor(
    readonly root: unknown,
    private readonly path: string,
  ) {}

  /** @throws JsonPathLimitError when the path visits too many places. */
  spend(places = 1): void {
    this.remaining -= places;
    if (this.remaining < 0) throw new JsonPathLimitError(this.path, MAXIMUM_VISITS);
  }
}

/**
 * What the path reaches in the object, in document order, each place once. An undefined field does not exist.
 *
 * @throws JsonPathLimitError when the path visits too many places.
 */
export function matches(object: unknown, path: JsonPath): Match[] {
  const found = new Map<string, Match>();
  for (const place of walk({ value: object }, path.segments, new Visit(object, path.text))) {
    const location = locate(place);
    found.set(JSON.stringify(location), { location, value: place.value });
  }
  return [...found.values()];
}

export function walk(start: Place, segments: readonly Segment[], visit: Visit): Place[] {
  let places = [start];
  for (const { reach, selectors } of segments) {
    const next: Place[] = [];
    for (const place of places) {
      for (const origin of reach === "children" ? [place] : selfAndDescendants(place, visit)) {
        for (const selector of selectors) append(next, select(origin, selector, visit));
      }
    }
    places = next;
  }
  return places;
}

function select(place: Place, selector: Selector, visit: Visit): Place[] {
  switch (selector.kind) {
    case "name": {
      const child = isPlainObject(place.value) ? childOf(place, place.value, selector.name) : undefined;
      return spent(child === undefined ? [] : [child], visit);
    }
    case "index":
      return spent(Array.isArray(place.value) ? itemAt(place, place.value, selector.index) : [], visit);
    case "slice":
      return Array.isArray(place.value) ? slice(place, place.value, selector, visit) : [];
    case "wildcard":
      return spent(childrenOf(place), visit);
    case "filter":
      return spent(childrenOf(place), visit).filter(child => passes(selector.test, child.value, visit));
  }
}

function spent(places: Place[], visit: Visit): Place[] {
  visit.spend(places.length);
  return places;
}

/** Unlike a spread in a call, takes a list of any length. */
function append(places: Place[], more: readonly Place[]): void {
  for (const place of more) places.push(place);
}

/** Only the object's own fields: a path never reaches a prototype. */
function childOf(parent: Place, value: Readonly<Record<string, unknown>>, key: string): Place | undefined {
  if (!Object.hasOwn(value, key) || value[key] === undefined) return undefined;
  return { value: value[key], key, parent };
}

function itemAt(parent: Place, list: readonly unknown[], index: number): Place[] {
  const key = index < 0 ? list.length + index : index;
  return key >= 0 && key < list.length ? [{ value: list[key], key, parent }] : [];
}

function childrenOf(place: Place): Place[] {
  const { value } = place;
  if (Array.isArray(value)) return value.map((item: unknown, key) => ({ value: item, key, parent: place }));
  if (!isPlainObject(value)) return [];
  return Object.keys(value).flatMap(key => childOf(place, value, key) ?? []);
}

function selfAndDescendants(start: Place, visit: Visit): Place[] {
  const found: Place[] = [];
  const pending = [start];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    visit.spend();
    found.push(place);
    append(pending, childrenOf(place).reverse());
  }
  return found;
}

/** RFC 9535 section 2.3.4.2.2: bounds count from the end when negative; a negative step walks backwards. */
function slice(
  place: Place,
  list: readonly unknown[],
  { start, end, step }: { readonly start?: number; readonly end?: number; readonly step: number },
  visit: Visit,
): Place[] {
  const { length } = list;
  const bound = (position: number, low: number, high: number) =>
    Math.min(Math.max(position < 0 ? length + position : position, low), high);
  const found: Place[] = [];
  const take = (key: number) => {
    visit.spend();
    found.push({ value: list[key], key, parent: place });
  };
  if (step > 0) {
    const last = bound(end ?? length, 0, length);
    for (let key = bound(start ?? 0, 0, length); key < last; key += step) take(key);
  } else if (step < 0) {
    const last = end === undefined ? -1 : bound(end, -1, length - 1);
    for (let key = start === undefined ? length - 1 : bound(start, -1, length - 1); key > last; key += step) take(key);
  }
  return found;
}

function locate(place: Place): Location {
  const location: (string | number)[] = [];
  for (let at: Place | undefined = place; at?.key !== undefined; at = at.parent) location.push(at.key);
  return location.reverse();
}
