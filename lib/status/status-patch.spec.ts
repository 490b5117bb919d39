import { describe, expect, it } from "@jest/globals";
import { isPlainObject } from "../blueprint/object";
import { isEqual } from "../blueprint/json-path/equality";
import { statusPatch } from "./status-patch";

describe("statusPatch", () => {
  it.each<[string, object | undefined, object, object | undefined]>([
    ["nothing before", undefined, { ready: 1 }, { ready: 1 }],
    ["nothing at all", undefined, {}, undefined],
    ["the same", { a: 1, b: { c: [1] } }, { a: 1, b: { c: [1] } }, undefined],
    ["the same in another order", { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }, undefined],
    ["an undefined field is none", { a: 1 }, { a: 1, b: undefined }, undefined],
    ["a null field is none", { a: 1, b: null }, { a: 1 }, undefined],
    ["a changed field", { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
    ["a removed field", { a: 1, b: 2 }, { a: 1 }, { b: null }],
    ["a field of a map", { rows: { seen: 1, active: 1 } }, { rows: { seen: 2, active: 1 } }, { rows: { seen: 2 } }],
    ["a removed field of a map", { rows: { seen: 1, active: 1 } }, { rows: { seen: 1 } }, { rows: { active: null } }],
    ["an emptied list", { ids: ["a"] }, { ids: [] }, { ids: [] }],
    ["a list is sent whole", { ids: ["a", "b"] }, { ids: ["a", "c"] }, { ids: ["a", "c"] }],
    ["the order of a list counts", { ids: ["a", "b"] }, { ids: ["b", "a"] }, { ids: ["b", "a"] }],
    ["a map in place of a list", { x: [1] }, { x: { a: 1 } }, { x: { a: 1 } }],
  ])("%s", (_, previous, next, status) => {
    expect(statusPatch(previous, next)).toEqual(status === undefined ? undefined : { status });
  });

  it("turns any status into any other, and is undefined exactly when they are equal", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = generator(seed);
      const previous = randomMap(random, 3);
      const next = seed % 5 === 0 ? shuffled(previous) : randomMap(random, 3);
      const patch = statusPatch(previous, next);
      const where = `seed ${seed}`;
      expect([where, patch === undefined]).toEqual([where, isEqual(previous, next)]);
      expect([where, applyMergePatch(previous, patch?.status ?? {})]).toEqual([where, next]);
    }
  });
});

/** RFC 7386, section 2. */
function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch;
  const result = new Map(Object.entries(isPlainObject(target) ? target : {}));
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) result.delete(field);
    else result.set(field, applyMergePatch(result.get(field), value));
  }
  return Object.fromEntries(result);
}

type Random = (below: number) => number;

/** Numerical Recipes' linear congruential generator. */
function generator(seed: number): Random {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomMap(random: Random, depth: number): Record<string, unknown> {
  const fields = ["a", "b", "c", "d"].filter(() => random(3) > 0);
  return Object.fromEntries(fields.map(field => [field, randomValue(random, depth)]));
}

function randomValue(random: Random, depth: number): unknown {
  switch (random(depth > 0 ? 5 : 3)) {
    case 0:
      return random(3);
    case 1:
      return ["x", "y", ""][random(3)];
    case 2:
      return random(2) === 0;
    case 3:
      return Array.from({ length: random(3) }, () => randomValue(random, depth - 1));
    default:
      return randomMap(random, depth - 1);
  }
}

function shuffled(map: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).reverse());
}
