import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseRowText, rowText } from "./row-text";

const rows = fc.array(fc.option(fc.string({ unit: "binary" })), { minLength: 1, maxLength: 6 });

describe("rowText", () => {
  it("gives every row back, whatever is in its values", () => {
    fc.assert(
      fc.property(rows, row => {
        expect(parseRowText(rowText(row), row.length)).toEqual(row);
      }),
    );
  });

  it.each([[[",", ""]], [["", ","]], [[null, ""]], [["", null]], [["1,2", "3"]], [["1", "2,3"]], [["-", "x"]]])(
    "tells %j from what looks like it",
    row => {
      expect(parseRowText(rowText(row), row.length)).toEqual(row);
    },
  );
});
