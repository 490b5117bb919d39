import { describe, expect, it } from "@jest/globals";
import { LatencyGradient } from "./latency-gradient";

/** A server of so many seats and 500 ms a request: what is more than its seats waits in line. */
function server(seats: number, max = 64) {
  let time = 0;
  const gradient = new LatencyGradient({ max, now: () => time });
  /** Answers of `seconds`, with as many requests under way as the limit allows. */
  const run = (seconds: number, wanted = Infinity, serviceMs = 500, kind = "apply configmaps"): void => {
    for (const end = time + seconds * 1_000; time < end; ) {
      const active = Math.min(wanted, Math.floor(gradient.limit));
      time += serviceMs / Math.min(seats, active);
      gradient.observe(kind, serviceMs * Math.max(1, active / seats), active);
    }
  };
  return { gradient, run };
}

describe("LatencyGradient", () => {
  it("stays where it is while the server answers as quickly as at rest", () => {
    const { gradient, run } = server(64);
    run(5, 1);
    run(60);
    expect(gradient.limit).toBe(64);
  });

  it("goes down where the server only queues, and not below what keeps all of its seats busy", () => {
    const { gradient, run } = server(4);
    run(5, 1);
    run(60);
    expect(gradient.limit).toBeLessThan(48);
    expect(gradient.limit).toBeGreaterThanOrEqual(8);
  });

  it("comes back when the server has room again", () => {
    const slow = server(1);
    slow.run(5, 1);
    slow.run(60);
    const before = slow.gradient.limit;
    expect(before).toBe(8);
    slow.run(20, Infinity, 1);
    expect(slow.gradient.limit).toBe(64);
  });

  it("lets a server that answers within a second have all: on a busy machine it does more with more under way", () => {
    const { gradient, run } = server(4);
    run(5, 1, 20);
    run(60, Infinity, 20);
    expect(gradient.limit).toBe(64);
  });

  it("compares requests of one kind only: a slow webhook is no queue", () => {
    let time = 0;
    const gradient = new LatencyGradient({ max: 32, now: () => time });
    for (let i = 0; i < 5_000; i++) {
      time += 5;
      gradient.observe(i % 2 === 0 ? "apply configmaps" : "apply deployments", i % 2 === 0 ? 3 : 900, 32);
    }
    expect(gradient.limit).toBe(32);
  });

  it("forgets what was fast once, when the cluster has become a slower one", () => {
    let time = 0;
    const gradient = new LatencyGradient({ max: 32, now: () => time });
    const answer = (ms: number, seconds: number): void => {
      for (const end = time + seconds * 1_000; time < end; time += 10) gradient.observe("apply", ms, 32);
    };
    answer(200, 1);
    answer(10_000, 10);
    expect(gradient.limit).toBe(8);
    answer(10_000, 1_800);
    expect(gradient.limit).toBe(32);
  });
});
