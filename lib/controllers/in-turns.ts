import { setImmediate } from "node:timers/promises";

/** Milliseconds of work without a pause, after which others get their turn: a connection that is kept waiting is closed. */
const TURN_MS = 5;

/** The items, each as `map` makes it; long work lets others in between. */
export async function inTurns<Item, Result>(items: Iterable<Item>, map: (item: Item) => Result): Promise<Result[]> {
  const results: Result[] = [];
  let turn = performance.now();
  for (const item of items) {
    if (performance.now() - turn >= TURN_MS) {
      await setImmediate();
      turn = performance.now();
    }
    results.push(map(item));
  }
  return results;
}
