import { describe, expect, it } from "@jest/globals";
import { interned, internTexts } from "./interned";

/** A text that is a string of its own in memory, as JSON.parse makes it. */
const fresh = (text: string): string => JSON.parse(JSON.stringify(text)) as string;

describe("interned", () => {
  it("gives the same text", () => {
    for (const text of ["", "default", "ä€😀", "x".repeat(500)]) expect(interned(fresh(text))).toBe(text);
  });

  it("stays right however many texts come by", () => {
    for (let index = 0; index < 10_000; index++) {
      expect(interned(fresh(`only-once-${index}`))).toBe(`only-once-${index}`);
      expect(interned(fresh("again and again"))).toBe("again and again");
    }
  });
});

describe("internTexts", () => {
  it("changes nothing that can be seen", () => {
    const value = { a: "b", list: ["c", 1, null, true, { d: "e", f: [] }], nothing: null, more: { __proto__: "x" } };
    const copy: unknown = JSON.parse(JSON.stringify(value));
    internTexts(copy);
    expect(copy).toEqual(JSON.parse(JSON.stringify(value)));
  });
});
