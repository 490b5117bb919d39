import { describe, expect, it } from "@jest/globals";
import { inBatches } from "./in-batches";

const letters = ["a", "b", "c", "d", "e"];

describe("inBatches", () => {
  it("does everything, no more at once than it may", async () => {
    let atOnce = 0;
    let most = 0;
    const done: string[] = [];
    const left = await inBatches(letters, 2, async letter => {
      most = Math.max(most, ++atOnce);
      await Promise.resolve();
      atOnce--;
      done.push(letter);
    });
    expect([left, most, done.sort()]).toEqual([0, 2, letters]);
  });

  it("tries everything, and throws what came first", async () => {
    const tried: string[] = [];
    const all = inBatches(letters, 2, letter => {
      tried.push(letter);
      return Promise.reject(new Error(letter));
    });
    await expect(all).rejects.toThrow("a");
    expect(tried.sort()).toEqual(letters);
  });

  it("begins nothing more when the time is up, ends what it has begun, and says how much is left", async () => {
    const done: string[] = [];
    const work = async (letter: string): Promise<void> => {
      await Promise.resolve();
      done.push(letter);
    };
    const left = await inBatches(letters, 2, work, () => done.length >= 2);
    expect(left).toBe(letters.length - done.length);
    expect(done.slice(0, 2)).toEqual(["a", "b"]);
    expect(left).toBeGreaterThan(0);
  });
});
