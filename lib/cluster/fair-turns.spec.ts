import { describe, expect, it } from "@jest/globals";
import { FairTurns } from "./fair-turns";

describe("FairTurns", () => {
  let time = 0;
  /** Work that takes so many milliseconds. */
  const work = (ms: number) => (time += ms);

  it("lets others have their turn between steps that take long", async () => {
    const turns = new FairTurns(() => time);
    const seen: string[] = [];
    for (const step of ["a", "b", "c"]) {
      await turns.next();
      seen.push(step);
      setImmediate(() => seen.push("other"));
      work(6);
    }
    expect(seen).toEqual(["a", "other", "b", "other", "c"]);
  });

  it("does so for steps that are under way at once", async () => {
    const turns = new FairTurns(() => time);
    const seen: string[] = [];
    work(6);
    await Promise.all(
      ["a", "b", "c"].map(async step => {
        await turns.next();
        seen.push(step);
        setImmediate(() => seen.push("other"));
        work(6);
      }),
    );
    expect(seen).toEqual(["a", "other", "b", "other", "c"]);
  });

  it("costs no turn while there is time left", async () => {
    const turns = new FairTurns(() => time);
    let others = 0;
    setImmediate(() => others++);
    await turns.next();
    work(4);
    await turns.next();
    expect(others).toBe(0);
  });
});
