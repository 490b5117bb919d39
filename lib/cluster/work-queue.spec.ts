import { describe, expect, it } from "@jest/globals";
import { ManualClock, settle } from "./testing/manual-clock";
import { WorkQueue, type ProcessResult, type WorkObservation, type WorkQueueOptions } from "./work-queue";

interface Run {
  readonly key: string;
  readonly signal: AbortSignal;
  finish(result?: ProcessResult): void;
  fail(error: Error): void;
}

/** A queue whose runs end when the spec says so. */
function setUp(options: Partial<WorkQueueOptions<string>> = {}) {
  const clock = new ManualClock();
  const runs: Run[] = [];
  const observations: WorkObservation<string>[] = [];
  const queue = new WorkQueue<string>({
    concurrency: 1,
    clock,
    random: () => 1,
    backoff: { baseMs: 100, capMs: 1_000 },
    observe: observation => observations.push(observation),
    process: (key, signal) =>
      new Promise((resolve, reject) => {
        runs.push({ key, signal, finish: resolve, fail: reject });
      }),
    ...options,
  });
  queue.start();
  const started = (): string[] => runs.map(({ key }) => key);
  const finish = async (number: number, result?: ProcessResult): Promise<void> => {
    runs[number]?.finish(result);
    await settle();
  };
  const fail = async (number: number, error = new Error("no")): Promise<void> => {
    runs[number]?.fail(error);
    await settle();
  };
  return { clock, queue, runs, observations, started, finish, fail };
}

describe("WorkQueue", () => {
  it("runs each waiting key once, in order, no more at a time than allowed", async () => {
    const { queue, started, finish } = setUp({ concurrency: 2 });
    for (const key of ["a", "b", "c", "d", "c", "d", "c"]) queue.add(key);
    expect(started()).toEqual(["a", "b"]);
    expect(queue.depth).toEqual({ ready: 2, running: 2, delayed: 0 });
    await finish(0);
    await finish(1);
    await finish(2);
    await finish(3);
    expect(started()).toEqual(["a", "b", "c", "d"]);
    expect(queue.depth).toEqual({ ready: 0, running: 0, delayed: 0 });
  });

  it("drops keys that are somebody else's", async () => {
    const { queue, started, clock } = setUp({ accepts: key => key !== "theirs" });
    queue.add("theirs");
    queue.addAfter("theirs", 10);
    queue.addAfter("ours", 10);
    await clock.advance(10);
    expect(started()).toEqual(["ours"]);
  });

  it("keeps runs free for what does not come in crowds", async () => {
    const { queue, started, finish } = setUp({ concurrency: 3, bulk: { from: 10, reserved: 1, lastEvery: 100 } });
    for (const key of ["a", "b", "c"]) queue.add(key, 10);
    expect(started()).toEqual(["a", "b"]);
    queue.add("urgent", 5);
    expect(started()).toEqual(["a", "b", "urgent"]);
    await finish(2);
    expect(started()).toHaveLength(3);
    await finish(0);
    expect(started()).toEqual(["a", "b", "urgent", "c"]);
  });

  it("gives one run in so many to whatever is last, so that nothing waits for ever", async () => {
    const { queue, started, finish } = setUp({ bulk: { from: 10, reserved: 0, lastEvery: 3 } });
    queue.add("last", 20);
    await finish(0);
    for (const key of ["a", "b", "c", "d"]) queue.add(key, 1);
    queue.add("bulk", 20);
    for (let run = 1; run < 5; run++) await finish(run);
    expect(started().indexOf("bulk")).toBeLessThan(5);
  });

  it("runs nothing before it is started", async () => {
    const order: string[] = [];
    const process = (key: string): Promise<undefined> => {
      order.push(key);
      return Promise.resolve(undefined);
    };
    const queue = new WorkQueue<string>({ concurrency: 1, process });
    queue.add("slow", 5);
    queue.add("quick", 1);
    await settle();
    expect(order).toEqual([]);
    queue.start();
    await settle();
    expect(order).toEqual(["quick", "slow"]);
  });

  it("never runs a key twice at once; what is added meanwhile runs after", async () => {
    const { queue, started, finish } = setUp({ concurrency: 3 });
    queue.add("a");
    queue.add("a");
    queue.add("a");
    expect(started()).toEqual(["a"]);
    await finish(0);
    expect(started()).toEqual(["a", "a"]);
    await finish(1);
    expect(started()).toEqual(["a", "a"]);
  });

  it("takes better lanes first, and promotes a key that is added to one", async () => {
    const { queue, started, finish } = setUp();
    queue.add("busy");
    queue.add("bulk-1", 20);
    queue.add("bulk-2", 20);
    queue.add("bulk-3", 20);
    queue.add("single", 10);
    queue.add("bulk-3", 0);
    queue.add("bulk-3", 30);
    expect([queue.laneDepth(20), queue.laneDepth(10), queue.laneDepth(0), queue.laneDepth(30)]).toEqual([2, 1, 1, 0]);
    for (let i = 0; i < 5; i++) await finish(i);
    expect(started()).toEqual(["busy", "bulk-3", "single", "bulk-1", "bulk-2"]);
  });

  it("keeps the best lane of what was added while the key ran", async () => {
    const { queue, started, finish } = setUp();
    queue.add("a");
    queue.add("b", 10);
    queue.add("a", 20);
    queue.add("a", 5);
    await finish(0);
    expect(started()).toEqual(["a", "a"]);
  });

  it("gives flows of one lane their turns", async () => {
    const { queue, started, finish } = setUp({ flowOf: key => key.slice(0, 1) });
    queue.add("x");
    for (const key of ["a1", "a2", "a3", "a4", "b1", "c1", "c2"]) queue.add(key);
    for (let i = 0; i < 8; i++) await finish(i);
    expect(started()).toEqual(["x", "a1", "b1", "c1", "a2", "c2", "a3", "a4"]);
  });

  it("stays correct over many thousands of keys that come, are promoted and go", async () => {
    const { queue, started, finish } = setUp();
    queue.add("first");
    for (let i = 0; i < 3_000; i++) queue.add(`k${i}`, 10);
    for (let i = 0; i < 3_000; i += 2) queue.add(`k${i}`, 5);
    for (let i = 0; i < 3_001; i++) await finish(i);
    const order = started()
      .slice(1)
      .map(key => Number(key.slice(1)));
    expect(order.slice(0, 1_500)).toEqual(Array.from({ length: 1_500 }, (_, i) => 2 * i));
    expect(order.slice(1_500)).toEqual(Array.from({ length: 1_500 }, (_, i) => 2 * i + 1));
  });
});

describe("WorkQueue and time", () => {
  it("waits longer after each failure, and forgets failures after a success", async () => {
    const { queue, clock, started, fail, finish } = setUp();
    queue.add("a");
    for (const [number, wait] of [100, 200, 400, 800, 1_000, 1_000].entries()) {
      await fail(number);
      expect(clock.waits).toEqual([wait]);
      expect(queue.failuresOf("a")).toBe(number + 1);
      await clock.advance(wait);
    }
    expect(started()).toHaveLength(7);
    await finish(6);
    expect([queue.failuresOf("a"), clock.waits]).toEqual([0, []]);
    queue.add("a");
    await fail(7);
    expect(clock.waits).toEqual([100]);
  });

  it("lets an event end the wait after a failure: the next run decides anew", async () => {
    const { queue, clock, started, fail, finish } = setUp();
    queue.add("a");
    await fail(0);
    queue.add("a");
    expect([started(), queue.depth.delayed]).toEqual([["a", "a"], 0]);
    await finish(1);
    await clock.advance(10_000);
    expect(started()).toHaveLength(2);
  });

  it("keeps a wish for later while the key fails and recovers", async () => {
    const { queue, clock, started, fail, finish } = setUp();
    queue.addAfter("a", 10_000);
    queue.add("a");
    await fail(0);
    expect(clock.waits).toEqual([100, 10_000]);
    queue.add("a");
    await finish(1);
    expect(clock.waits).toEqual([10_000]);
    await clock.advance(10_000);
    expect(started()).toHaveLength(3);
  });

  it("keeps the lane of a key that failed", async () => {
    const { queue, clock, started, fail, finish } = setUp();
    queue.add("urgent", 1);
    await fail(0);
    queue.add("busy");
    queue.add("other", 5);
    await clock.advance(100);
    await finish(1);
    expect(started()).toEqual(["urgent", "busy", "urgent"]);
  });

  it("keeps the earliest of several later times", async () => {
    const { queue, clock, started } = setUp();
    queue.addAfter("a", 500);
    queue.addAfter("a", 300);
    queue.addAfter("a", 400);
    expect(clock.waits).toEqual([300]);
    await clock.advance(299);
    expect(started()).toEqual([]);
    await clock.advance(1);
    expect(started()).toEqual(["a"]);
    queue.addAfter("b", 0);
    expect(queue.depth).toEqual({ ready: 1, running: 1, delayed: 0 });
  });

  it("comes back when the run asked to, also after an event in between", async () => {
    const { queue, clock, started, finish } = setUp();
    queue.add("a");
    await finish(0, { requeueAfterMs: 1_000 });
    queue.add("a");
    await finish(1);
    expect(clock.waits).toEqual([1_000]);
    await clock.advance(1_000);
    expect(started()).toHaveLength(3);
  });

  it("forgets the wish to look again with the next run, which asks anew", async () => {
    const { queue, clock, started, finish } = setUp();
    queue.add("a");
    await finish(0, { recheckAfterMs: 1_000 });
    expect(queue.depth).toEqual({ ready: 0, running: 0, delayed: 1 });
    queue.add("a");
    expect(clock.waits).toEqual([]);
    await finish(1, { recheckAfterMs: 2_000 });
    await clock.advance(2_000);
    expect(started()).toHaveLength(3);
  });

  it("observes waits, times, lanes and errors; an observer that throws stops nothing", async () => {
    const { queue, clock, observations, started, finish, fail } = setUp();
    queue.add("a", 3);
    queue.add("b");
    await clock.advance(50);
    await finish(0);
    await clock.advance(20);
    const error = new Error("broken");
    await fail(1, error);
    expect(observations).toEqual([
      { key: "a", lane: 3, waitedMs: 0, tookMs: 50 },
      { key: "b", lane: 10, waitedMs: 50, tookMs: 20, error },
    ]);
    expect(started()).toEqual(["a", "b"]);
    const deaf = setUp({
      observe: () => {
        throw new Error("observer");
      },
    });
    deaf.queue.add("a");
    deaf.queue.add("b");
    await deaf.finish(0);
    expect(deaf.started()).toEqual(["a", "b"]);
  });

  it("treats a process that throws at once like one that fails later", async () => {
    const { queue } = setUp({
      process: () => {
        throw new Error("at once");
      },
    });
    queue.add("a");
    await settle();
    expect([queue.failuresOf("a"), queue.depth]).toEqual([1, { ready: 0, running: 0, delayed: 1 }]);
  });
});

describe("WorkQueue.shutdown", () => {
  it("starts nothing more and waits for what runs", async () => {
    const { queue, clock, started, finish } = setUp();
    queue.add("a");
    queue.add("b");
    queue.add("a");
    queue.addAfter("c", 100);
    let done = false;
    const down = queue.shutdown().then(() => {
      done = true;
    });
    queue.add("d");
    queue.addAfter("e", 1);
    await clock.advance(1_000);
    expect([done, started()]).toEqual([false, ["a"]]);
    await finish(0, { requeueAfterMs: 1 });
    await down;
    await clock.advance(1_000);
    expect([started(), clock.waits, queue.depth]).toEqual([["a"], [], { ready: 0, running: 0, delayed: 0 }]);
    await queue.shutdown();
  });

  it("aborts the running ones when its patience ends", async () => {
    const { queue, clock, runs, fail } = setUp();
    queue.add("a");
    const down = queue.shutdown(500);
    await clock.advance(499);
    expect(runs[0]?.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(runs[0]?.signal.aborted).toBe(true);
    await fail(0);
    await down;
    expect(clock.waits).toEqual([]);
  });

  it("is immediate when nothing runs", async () => {
    const { queue, clock } = setUp();
    queue.addAfter("a", 10);
    await queue.shutdown(500);
    expect(clock.waits).toEqual([]);
  });
});
