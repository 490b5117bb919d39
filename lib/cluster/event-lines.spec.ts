import { describe, expect, it } from "@jest/globals";
import { EventLines } from "./event-lines";

const added = { type: "ADDED", object: { a: "\\n", b: "x".repeat(50) } };
const removed = { type: "DELETED", object: null };

describe("EventLines", () => {
  it("finds the same events however the text is cut", () => {
    const text = `${JSON.stringify(added)}\n\n${JSON.stringify(removed)}\n${JSON.stringify(added)}\n`;
    for (let size = 1; size <= text.length; size++) {
      const lines = new EventLines();
      const events: unknown[] = [];
      for (let at = 0; at < text.length; at += size) events.push(...lines.push(text.slice(at, at + size)));
      expect(events).toEqual([added, removed, added]);
    }
  });

  it("does not take a line that was cut off for an event", () => {
    expect(new EventLines().push(JSON.stringify(added))).toEqual([]);
  });

  it.each(["<html>\n", "3\n", '{"object":{}}\n'])("refuses %j", line => {
    expect(() => new EventLines().push(line)).toThrow("The watch sent a line that is no");
  });
});
