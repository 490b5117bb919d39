import { describe, expect, it } from "@jest/globals";
import { Progress } from "./progress";

function watched(isTTY: boolean) {
  const lines: string[] = [];
  let time = 1000;
  const output = { isTTY, write: (text: string) => lines.push(text) };
  const progress = new Progress(output, "nodes", 4, () => time);
  return { lines, progress, wait: (ms: number) => (time += ms) };
}

describe("the progress bar", () => {
  it("is drawn over itself, and not more often than it can be seen", () => {
    const { lines, progress, wait } = watched(true);
    progress.step();
    progress.step();
    wait(100);
    progress.step();
    progress.clear();
    expect(lines).toEqual([
      "\r\u001b[K[######..................] 1 of 4 nodes",
      "\r\u001b[K[##################......] 3 of 4 nodes",
      "\r\u001b[K",
    ]);
  });

  it("is nothing where nobody watches", () => {
    const { lines, progress } = watched(false);
    progress.step();
    progress.clear();
    expect(lines).toEqual([]);
  });
});
