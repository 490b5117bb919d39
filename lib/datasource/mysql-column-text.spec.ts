import { describe, expect, it } from "@jest/globals";
import { columnText } from "./mysql-column-text";

const UTF8MB4 = 45;
const BINARY = 63;
const text = (type: number, characterSet: number, bytes: string | Buffer, flags = 0): string =>
  columnText({ type, characterSet, flags })(Buffer.from(bytes));

// Every type of a real server is read in test/datasource; here is what only MySQL sends, and what is hard to provoke.
describe("columnText", () => {
  it("reads MySQL's JSON type, which says that it is binary, as text", () => {
    expect(text(245, BINARY, '{"a": "ü\u0001"}')).toBe('{"a": "ü\u0001"}');
  });

  it("reads MySQL's VECTOR type as base64", () => {
    expect(text(242, BINARY, Buffer.from([0, 0, 128, 63]))).toBe("AACAPw==");
  });

  it("reads a DATETIME that is only a date as midnight", () => {
    expect(text(12, BINARY, "2024-01-02")).toBe("2024-01-02T00:00:00Z");
  });

  it("reads BIT of no bytes as 0", () => {
    expect(text(16, BINARY, "")).toBe("0");
  });

  it("takes ZEROFILL's zeros from numbers, and not from YEAR, DECIMAL or text", () => {
    const ZEROFILL = 64;
    expect(text(3, BINARY, "000420", ZEROFILL)).toBe("420");
    expect(text(5, BINARY, "000000.5", ZEROFILL)).toBe("0.5");
    expect(text(13, BINARY, "0000", ZEROFILL)).toBe("0000");
    expect(text(246, BINARY, "00010.50", ZEROFILL)).toBe("00010.50");
    expect(text(253, UTF8MB4, "007", 0)).toBe("007");
  });

  it.each([
    ["tab\tand\r\nlines", "tab\tand\r\nlines"],
    ["esc\u001b", "ZXNjGw=="],
    ["del\u007f", "ZGVsfw=="],
    [Buffer.from([0xc3, 0x28]), "wyg="],
    ["", ""],
  ])("reads the bytes of %j", (bytes, expected) => {
    expect(text(252, BINARY, bytes)).toBe(expected);
  });

  it("leaves control characters in text columns alone", () => {
    expect(text(252, UTF8MB4, "esc\u001b")).toBe("esc\u001b");
  });
});
