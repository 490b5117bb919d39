import { describe, expect, it } from "@jest/globals";
import { Turns } from "./turns";

describe("work in turns", () => {
  const clock = (limitMs: number) => {
    let now = 0;
    const turns = new Turns(limitMs, { now: () => now });
    return {
      turns,
      pass: (ms: number) => {
        now += ms;
      },
    };
  };

  it("lets others go first where it has not paused for a while, and goes on at once where it has", async () => {
    const { turns, pass } = clock(1000);
    let others = 0;
    const count = async () => {
      const before = others;
      const other = setImmediate(() => others++);
      await turns.next();
      clearImmediate(other);
      return others - before;
    };
    expect(await count()).toBe(1);
    pass(4);
    expect(await count()).toBe(0);
    pass(1);
    expect(await count()).toBe(1);
  });

  it("ends a step that takes too long, and leaves the next one its time", async () => {
    const { turns, pass } = clock(1000);
    await turns.next();
    pass(250);
    expect(turns.isOver()).toBe(false);
    pass(1);
    expect(turns.isOver()).toBe(true);
    await turns.next();
    expect(turns.isOver()).toBe(false);
  });

  it("gives as many pauses as its work has turns, however many steps that takes", async () => {
    let now = 0;
    let pauses = 0;
    const pause = () => {
      pauses++;
      // What others do is not its own time.
      now += 1000;
      return Promise.resolve();
    };
    const turns = new Turns(100, { now: () => now, pause });
    function* steps() {
      for (let step = 0; step < 100; step++) {
        now += 1;
        yield;
      }
    }
    expect(await turns.take(steps())).toBe(true);
    expect(pauses).toBe(21);
  });

  it("ends all steps when its signal says so", async () => {
    const controller = new AbortController();
    const turns = new Turns(Infinity, { signal: controller.signal });
    let taken = 0;
    function* steps() {
      for (;;) {
        if (++taken === 3) controller.abort();
        yield;
      }
    }
    expect(await turns.take(steps())).toBe(false);
    expect(taken).toBe(3);
  });

  it("ends all steps in time", async () => {
    const { turns, pass } = clock(1000);
    for (let step = 0; step < 5; step++) {
      await turns.next();
      pass(200);
    }
    expect(turns.isOver()).toBe(false);
    pass(1);
    expect(turns.isOver()).toBe(true);
  });
});
