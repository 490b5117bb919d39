import { describe, expect, it } from "@jest/globals";

import { readLoopDelay } from "./loop-delay";

describe("the delay of an event loop", () => {
  it("is what Prometheus' client for Node tells, without the period of its timer", () => {
    const metrics = [
      "# TYPE nodejs_eventloop_lag_p99_seconds gauge",
      "nodejs_eventloop_lag_max_seconds 0.25",
      "nodejs_eventloop_lag_p50_seconds 0.0099",
      "nodejs_eventloop_lag_p99_seconds 0.052",
    ].join("\n");
    expect(readLoopDelay(metrics)).toEqual({ p50: 0, p99: expect.closeTo(42), max: expect.closeTo(240) });
  });

  it("is not known where nothing is told", () => {
    expect(readLoopDelay("")).toEqual({ p50: NaN, p99: NaN, max: NaN });
  });
});
