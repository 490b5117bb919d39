import { describe, expect, it } from "@jest/globals";
import { acquired, freeIn, mayAcquireIn, observe, released } from "./election";
import { type LeaseRecord, microTime, readLease, writeLease } from "./lease-record";

const held = (resourceVersion: string, holder = "a"): LeaseRecord => ({
  holder,
  leaseSeconds: 15,
  acquireTime: "2020-01-01T00:00:00.000000Z",
  renewTime: "2020-01-01T00:00:00.000000Z",
  transitions: 2,
  resourceVersion,
});

describe("a Lease that somebody holds", () => {
  it("may be taken when it has not changed for its time by our clock, whatever time is written in it", () => {
    const seen = observe(undefined, held("1"), 100_000);
    expect(freeIn(seen, 100_000)).toBe(15_000);
    expect(freeIn(observe(seen, held("1"), 114_000), 114_999)).toBe(1);
    expect(freeIn(seen, 115_000)).toBe(0);
  });

  it("begins its time anew with each change", () => {
    const seen = observe(observe(undefined, held("1"), 100_000), held("2"), 114_999);
    expect(freeIn(seen, 115_000)).toBe(14_999);
  });

  it("is its holder's at any time", () => {
    expect(mayAcquireIn(observe(undefined, held("1"), 0), "a", 1)).toBe(0);
    expect(mayAcquireIn(observe(undefined, held("1"), 0), "b", 1)).toBe(14_999);
  });

  it("and that is deleted under its holder is as one that was just renewed", () => {
    const seen = observe(observe(undefined, held("1"), 100_000), undefined, 110_000);
    expect(freeIn(seen, 110_000)).toBe(15_000);
    expect(freeIn(observe(seen, undefined, 120_000), 125_000)).toBe(0);
  });
});

describe("a Lease that nobody holds", () => {
  it.each([
    ["is none yet", undefined],
    ["was given back", held("2", "")],
  ])("(it %s) may be taken at once", (_how, record) => {
    expect(freeIn(observe(undefined, record, 5), 5)).toBe(0);
    expect(freeIn(observe(observe(undefined, held("1"), 5), record ?? held("2", ""), 6), 6)).toBe(0);
  });
});

describe("the Lease of its next holder", () => {
  const now = microTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  it("counts how often it changed hands, and names the revision that it replaces", () => {
    expect(acquired(held("7"), { holder: "b", leaseSeconds: 20 }, now)).toEqual({
      ...held("7", "b"),
      leaseSeconds: 20,
      acquireTime: "2026-01-02T03:04:05.678000Z",
      renewTime: "2026-01-02T03:04:05.678000Z",
      transitions: 3,
    });
  });

  it("keeps its beginning when it is renewed", () => {
    expect(acquired(held("7"), { holder: "a", leaseSeconds: 15 }, now)).toEqual({ ...held("7"), renewTime: now });
  });

  it("is the first one", () => {
    expect(acquired(undefined, { holder: "a", leaseSeconds: 15 }, now)).toMatchObject({
      transitions: 0,
      resourceVersion: "",
    });
  });

  it("reads as it was written", () => {
    const name = { namespace: "lynq", name: "lynq-leader", labels: { some: "label" } };
    const lease = writeLease(name, held("7"));
    expect(lease.metadata).toEqual({ ...name, resourceVersion: "7" });
    expect(readLease(lease)).toEqual(held("7"));
    expect(writeLease(name, released(held("7"), now))["spec"]).toEqual({
      leaseDurationSeconds: 1,
      acquireTime: "2020-01-01T00:00:00.000000Z",
      renewTime: now,
      leaseTransitions: 2,
    });
  });
});
