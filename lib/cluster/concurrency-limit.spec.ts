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

  it("lets the urgent go first, and never fills all places with a crowd", async () => {
    const limit = new ConcurrencyLimit({ max: 8 });
    const admitted: string[] = [];
    const wait = (name: string, priority: "urgent" | "fresh" | "bulk", times: number) => {
      for (let i = 0; i < times; i++) void limit.acquire(undefined, priority).then(() => admitted.push(name));
    };
    wait("bulk", "bulk", 20);
    await settle();
    expect(admitted).toHaveLength(6);
    wait("fresh", "fresh", 2);
    await settle();
    expect(admitted.slice(6)).toEqual(["fresh"]);
    wait("urgent", "urgent", 1);
    await settle();
    expect(admitted.slice(7)).toEqual(["urgent"]);
    expect([limit.running, limit.waiting]).toEqual([8, 15]);
    wait("urgent", "urgent", 1);
    limit.release("bulk");
    limit.release("bulk");
    await settle();
    // The ninth place is the one in eight of whoever is last.
    expect(admitted.slice(8)).toEqual(["bulk", "urgent"]);
  });

  it("gives one place in eight to whoever is last, so that nobody waits for ever", async () => {
    const limit = new ConcurrencyLimit({ max: 1 });
    const admitted: string[] = [];
    await limit.acquire();
    void limit.acquire(undefined, "bulk").then(() => admitted.push("bulk"));
    for (let i = 0; i < 20; i++) void limit.acquire().then(() => admitted.push("urgent"));
    for (let i = 0; i < 10; i++) {
      limit.release(admitted.at(-1) === "bulk" ? "bulk" : "urgent");
      await settle();
    }
    expect(admitted.indexOf("bulk")).toBe(7);
  });

  it("asks for less when answers come slower and slower, and for all again when they do not", () => {
    let time = 0;
    const limit = new ConcurrencyLimit({ max: 32, now: () => time });
    const answer = (ms: number, times: number): void => {
      for (let i = 0; i < times; i++) {
        time += 20;
        limit.succeeded({ kind: "apply", ms });
      }
    };
    for (let i = 0; i < 32; i++) void limit.acquire();
    answer(10, 100);
    expect(limit.limit).toBe(32);
    answer(5_000, 1_000);
    expect(limit.limit).toBe(8);
    answer(10, 1_000);
    expect(limit.limit).toBe(32);
  });
});
