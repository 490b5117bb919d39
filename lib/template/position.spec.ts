import { describe, expect, it } from "@jest/globals";
import { positionAt, Positions } from "./position";

describe("positions in a source", () => {
  const source = "añ😀\n\nx{{ .a }}\r\n{{ .b }}";

  it("count lines and characters from 1", () => {
    expect([0, 2, 4, 5, 6, 7].map(offset => positionAt(source, offset))).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 3 },
      { line: 1, column: 4 },
      { line: 2, column: 1 },
      { line: 3, column: 1 },
      { line: 3, column: 2 },
    ]);
    expect(positionAt(source, 1000)).toEqual({ line: 4, column: 9 });
  });

  it("are the same whether one is looked for after the other, backwards, or alone", () => {
    const positions = new Positions(source);
    for (const offset of [5, 7, 7, 16, source.length, 2, 9]) {
      expect(positions.at(offset)).toEqual(positionAt(source, offset));
    }
  });
});
