import { describe, expect, it } from "@jest/globals";
import { ConcurrencyLimit } from "./concurrency-limit";
import { settle } from "./testing/manual-clock";

function fill(limit: ConcurrencyLimit, count: number, admitted: number[], signal?: AbortSignal): Promise<void>[] {
  return Array.from({ length: count }, (_, number) => limit.acquire(signal).then(() => void admitted.push(number)));
}

describe("ConcurrencyLimit", () => {
  it("admits as many as allowed, the others in order as places come back", async () => {
    const limit = new ConcurrencyLimit({ max: 2 });
    const admitted: number[] = [];
    const all = fill(limit, 5, admitted);
    await settle();
    expect([admitted, limit.running, limit.waiting]).toEqual([[0, 1], 2, 3]);
    limit.release();
    await settle();
    expect(admitted).toEqual([0, 1, 2]);
    limit.release();
    limit.release();
    await Promise.all(all);
    expect([admitted, limit.running, limit.waiting]).toEqual([[0, 1, 2, 3, 4], 2, 0]);
  });

  it("lets who waits give up, and the place goes to the next", async () => {
    const limit = new ConcurrencyLimit({ max: 1 });
    await limit.acquire();
    const abort = new AbortController();
    const given = limit.acquire(abort.signal);
    const next = limit.acquire();
    abort.abort(new Error("no longer needed"));
    await expect(given).rejects.toThrow("no longer needed");
    expect(limit.waiting).toBe(1);
    limit.release();
    await next;
    expect([limit.running, limit.waiting]).toEqual([1, 0]);
    await expect(limit.acquire(abort.signal)).rejects.toThrow("no longer needed");
  });

  it("halves under overload once a second, never below one, and recovers step by step", () => {
    let time = 0;
    const limit = new ConcurrencyLimit({ max: 8, now: () => time });
    limit.overloaded();
    limit.overloaded();
    expect(limit.limit).toBe(4);
    for (let i = 0; i < 5; i++) {
      time += 1_000;
      limit.overloaded();
    }
    expect(limit.limit).toBe(1);
    for (let i = 0; i < 40; i++) limit.succeeded();
    expect(limit.limit).toBe(8);
    limit.succeeded();
    expect(limit.limit).toBe(8);
  });

  it("admits nobody beyond a limit that was cut while they ran", async () => {
    const limit = new ConcurrencyLimit({ max: 4, now: () => 1 });
    const admitted: number[] = [];
    const all = fill(limit, 6, admitted);
    await settle();
    limit.overloaded();
    limit.release();
    limit.release();
    await settle();
    expect(admitted).toHaveLength(4);
    limit.release();
    await settle();
    expect(admitted).toHaveLength(5);
    limit.release();
    await Promise.all(all);
  });
});
