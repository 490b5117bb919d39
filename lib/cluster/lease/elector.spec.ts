import { beforeEach, describe, expect, it } from "@jest/globals";
import { type ShardSlot } from "../../plan/shard";
import { LeaseServer, ManualLeaseClock } from "../testing/lease-server";
import { Elector } from "./elector";
import { type Term } from "./term";
import { leaseTiming } from "./timing";

let clock: ManualLeaseClock;
let server: LeaseServer;

interface Candidate {
  readonly elector: Elector;
  readonly terms: Term[];
  readonly waiting: string[];
}

function candidate(identity: string, slot: ShardSlot = { index: 0, count: 1 }): Candidate {
  const terms: Term[] = [];
  const waiting: string[] = [];
  const elector = new Elector({
    client: server.client(identity),
    namespace: "lynq",
    slot,
    identity,
    timing: leaseTiming(),
    onTerm: term => terms.push(term),
    onWaiting: reason => waiting.push(reason),
    onError: () => undefined,
    clock,
    random: () => 0.5,
  });
  elector.start();
  return { elector, terms, waiting };
}

const leads = ({ terms }: Candidate): boolean => terms.at(-1)?.signal.aborted === false;

beforeEach(() => {
  clock = new ManualLeaseClock();
  server = new LeaseServer();
});

describe("processes that reach for one Lease", () => {
  it("get it one at a time; the leader renews it, and the others wait", async () => {
    const all = ["a", "b", "c"].map(name => candidate(name));
    for (let seconds = 0; seconds < 60; seconds++) {
      await clock.advance(1_000);
      expect(all.filter(leads)).toHaveLength(1);
    }
    const holders = new Set(server.changes);
    expect(holders.size).toBe(1);
    expect(server.changes.length).toBeGreaterThan(25);
  });

  it("say whom they wait for, once", async () => {
    candidate("a");
    await clock.advance(0);
    const b = candidate("b");
    await clock.advance(30_000);
    expect(b.waiting).toEqual(["waits: Lease lynq/lynq-leader is held by a"]);
  });

  it("take it over when the leader is gone, not before its time is over", async () => {
    const a = candidate("a");
    await clock.advance(0);
    const b = candidate("b");
    await clock.advance(20_000);
    server.cutOff.add("a");
    const lastChange = server.changes.length;
    await clock.advance(9_999);
    expect(leads(b)).toBe(false);
    await clock.advance(30_000);
    expect(leads(b)).toBe(true);
    expect(a.terms[0]?.signal.aborted).toBe(true);
    expect(server.changes[lastChange]).toBe("lynq-leader=b");
    // It comes back, and waits.
    server.cutOff.delete("a");
    await clock.advance(30_000);
    expect([leads(a), leads(b)]).toEqual([false, true]);
  });

  it("never overlap: whenever one begins, the other's writes have been cut off", async () => {
    const a = candidate("a");
    const b = candidate("b");
    for (let round = 0; round < 20; round++) {
      await clock.advance(700 * round);
      const cut = round % 2 === 0 ? "a" : "b";
      server.cutOff.add(cut);
      for (let step = 0; step < 100; step++) {
        await clock.advance(500);
        const [of_a, of_b] = [a, b].map(one => one.terms.filter(term => term.cutOffIn > 0).length);
        expect((of_a ?? 0) + (of_b ?? 0)).toBeLessThanOrEqual(1);
      }
      server.cutOff.delete(cut);
    }
    expect(a.terms.length + b.terms.length).toBeGreaterThan(5);
  });

  it("get it at once when it is given back", async () => {
    const a = candidate("a");
    await clock.advance(3_000);
    await a.elector.stop();
    const b = candidate("b");
    await clock.advance(0);
    expect(leads(b)).toBe(true);
    expect(server.changes.slice(-2)).toEqual(["lynq-leader=", "lynq-leader=b"]);
  });

  it("do not give it back while a write of theirs has no answer", async () => {
    const a = candidate("a");
    await clock.advance(3_000);
    a.terms[0]?.begin();
    a.terms[0]?.end(false);
    await a.elector.stop();
    expect(server.changes.at(-1)).toBe("lynq-leader=a");
  });

  it("lead again after a while without an API server, in a new term", async () => {
    const a = candidate("a");
    await clock.advance(1_000);
    server.cutOff.add("a");
    await clock.advance(60_000);
    expect(leads(a)).toBe(false);
    server.cutOff.delete("a");
    await clock.advance(10_000);
    expect(leads(a)).toBe(true);
    expect(a.terms).toHaveLength(2);
  });

  it("keep their term when somebody deletes the Lease, and nobody else gets in between", async () => {
    const a = candidate("a");
    await clock.advance(1_000);
    const b = candidate("b");
    await clock.advance(5_000);
    server.leases.clear();
    await clock.advance(60_000);
    expect([leads(a), leads(b)]).toEqual([true, false]);
    expect(a.terms).toHaveLength(1);
  });
});

describe("processes that divide the work by different numbers", () => {
  it("of one number work side by side", async () => {
    const all = [0, 1, 2].map(index => candidate(`of3-${index}`, { index, count: 3 }));
    await clock.advance(5_000);
    expect(all.map(leads)).toEqual([true, true, true]);
    expect([...server.leases.keys()].sort()).toEqual([
      "lynq-leader-0-of-3",
      "lynq-leader-1-of-3",
      "lynq-leader-2-of-3",
    ]);
  });

  it("never work at once; the newcomer waits, says for whom, and takes no Lease", async () => {
    const old = [0, 1].map(index => candidate(`of2-${index}`, { index, count: 2 }));
    await clock.advance(1_000);
    const fresh = candidate("of3-2", { index: 2, count: 3 });
    await clock.advance(60_000);
    expect([...old, fresh].map(leads)).toEqual([true, true, false]);
    expect(server.leases.has("lynq-leader-2-of-3")).toBe(false);
    expect(fresh.waiting).toEqual([
      "waits, as shard 2 of 3: Lease lynq/lynq-leader-0-of-2 of 2 is held by of2-0, and two numbers of shards never work at once",
    ]);
    await old[0]?.elector.stop();
    await clock.advance(60_000);
    expect(leads(fresh)).toBe(false);
    // The last of them dies without a word.
    server.cutOff.add("of2-1");
    await clock.advance(60_000);
    expect(leads(fresh)).toBe(true);
    expect([...server.leases.keys()]).toEqual(["lynq-leader-2-of-3"]);
  });

  it("let a process of the old number be replaced while others wait", async () => {
    const old = candidate("of2-0", { index: 0, count: 2 });
    await clock.advance(1_000);
    const fresh = candidate("of3-0", { index: 0, count: 3 });
    await clock.advance(10_000);
    candidate("of2-1", { index: 1, count: 2 });
    server.cutOff.add("of2-0");
    const stand_in = candidate("of2-0-again", { index: 0, count: 2 });
    await clock.advance(40_000);
    expect([old, fresh, stand_in].map(leads)).toEqual([false, false, true]);
  });

  it("that begin in the same moment see one another", async () => {
    const both = [candidate("of2", { index: 0, count: 2 }), candidate("of3", { index: 0, count: 3 })];
    for (let step = 0; step < 200; step++) {
      await clock.advance(500);
      expect(both.filter(leads).length).toBeLessThanOrEqual(1);
    }
  });
});
