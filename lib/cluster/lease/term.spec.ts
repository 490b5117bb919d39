import { beforeEach, describe, expect, it } from "@jest/globals";
import { ManualLeaseClock } from "../testing/lease-server";
import { NotPermittedError } from "../write-permit";
import { type LeaseClock, moment } from "./lease-clock";
import { Term } from "./term";
import { leaseTiming } from "./timing";

let clock: ManualLeaseClock;
let term: Term;

beforeEach(() => {
  clock = new ManualLeaseClock();
  term = new Term(leaseTiming(), clock, moment(clock));
});

const late = "this process leads no more: it could not renew its Lease in time";

describe("the permit of a term", () => {
  it("lets writes be sent until the deadline of renewals, and ends each of them before the lease ends", async () => {
    expect(term.begin()).toBe(14_000);
    await clock.advance(9_999);
    expect(term.begin()).toBe(4_001);
    await clock.advance(1);
    expect(() => term.begin()).toThrow(new NotPermittedError(late));
    expect(term.signal.aborted).toBe(true);
  });

  it("counts from the moment at which the renewal was sent, not from its answer", async () => {
    await clock.advance(5_000);
    const sentAt = moment(clock);
    await clock.advance(4_000);
    term.renewed(sentAt);
    expect(term.begin()).toBe(10_000);
    await clock.advance(5_999);
    term.check();
    await clock.advance(1);
    expect(() => {
      term.check();
    }).toThrow(late);
  });

  it("is over for good: a renewal that comes too late changes nothing", async () => {
    await clock.advance(10_000);
    term.renewed(moment(clock));
    expect(() => term.begin()).toThrow(late);
  });

  it.each([
    ["the monotonic clock", { monotonic: 10_000, wall: 0 }],
    ["the clock on the wall", { monotonic: 0, wall: 10_000 }],
  ])("is refused by %s alone, before any timer has fired", (_which, passed) => {
    let now = { monotonic: 0, wall: 0 };
    const clocks: LeaseClock = {
      now: () => now.wall,
      monotonic: () => now.monotonic,
      after: () => ({ cancel: () => undefined }),
    };
    const paused = new Term(leaseTiming(), clocks, moment(clocks));
    paused.check();
    now = passed;
    expect(() => paused.begin()).toThrow(late);
  });

  it("ends by itself when nobody asks", async () => {
    await clock.advance(10_000);
    expect(term.signal.reason).toEqual(new NotPermittedError(late));
  });
});

describe("a term that is closed", () => {
  it("is settled when every write has its answer", async () => {
    term.begin();
    term.begin();
    term.close("it ends");
    let settled: boolean | undefined;
    void term.settled().then(safe => (settled = safe));
    term.end(true);
    await clock.advance(0);
    expect(settled).toBeUndefined();
    term.end(true);
    await clock.advance(0);
    expect(settled).toBe(true);
  });

  it("is not safe while a write without an answer may take effect", async () => {
    term.begin();
    term.end(false);
    term.close("it ends");
    expect(await term.settled()).toBe(false);
    await clock.advance(14_000);
    expect(await term.settled()).toBe(true);
  });
});
