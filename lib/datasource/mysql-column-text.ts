import { isUtf8 } from "node:buffer";

/** What the text form of a column depends on, as the server describes the column (COM_QUERY response, column definition). */
export interface MysqlColumn {
  /** Protocol type number. */
  readonly type: number;
  readonly characterSet: number;
  readonly flags: number;
}

/** Protocol type numbers (MySQL internals manual, "Column Type"). */
const TYPE_TINY = 1;
const TYPE_SHORT = 2;
const TYPE_LONG = 3;
const TYPE_FLOAT = 4;
const TYPE_DOUBLE = 5;
const TYPE_TIMESTAMP = 7;
const TYPE_LONGLONG = 8;
const TYPE_INT24 = 9;
const TYPE_DATETIME = 12;
const TYPE_BIT = 16;
const TYPE_TINY_BLOB = 249;
const TYPE_MEDIUM_BLOB = 250;
const TYPE_LONG_BLOB = 251;
const TYPE_BLOB = 252;
const TYPE_VAR_STRING = 253;
const TYPE_STRING = 254;
const TYPE_GEOMETRY = 255;
const TYPE_VECTOR = 242;

const NUMBERS: ReadonlySet<number> = new Set([
  TYPE_TINY,
  TYPE_SHORT,
  TYPE_INT24,
  TYPE_LONG,
  TYPE_LONGLONG,
  TYPE_FLOAT,
  TYPE_DOUBLE,
]);
const BYTES: ReadonlySet<number> = new Set([
  TYPE_TINY_BLOB,
  TYPE_MEDIUM_BLOB,
  TYPE_LONG_BLOB,
  TYPE_BLOB,
  TYPE_VAR_STRING,
  TYPE_STRING,
  TYPE_GEOMETRY,
  TYPE_VECTOR,
]);

const MARKS: ReadonlySet<number> = new Set([
  TYPE_TINY,
  TYPE_SHORT,
  TYPE_INT24,
  TYPE_LONG,
  TYPE_LONGLONG,
  TYPE_TIMESTAMP,
  TYPE_DATETIME,
]);

const CHARACTER_SET_BINARY = 63;
const FLAG_ZEROFILL = 64;

/**
 * The text form of a column's values, from the bytes of the text protocol.
 *
 * | column | text |
 * |---|---|
 * | TINYINT … BIGINT, BOOLEAN | the decimal number, exact at every size, without ZEROFILL's zeros: `42`; TRUE is `1` |
 * | DECIMAL | every digit of its scale: `10.50` |
 * | FLOAT, DOUBLE | as the server prints it: `0.1`, `1500000`, `1e100` |
 * | BIT(1), BIT(n) | the decimal number: `1`, `0`, `165` |
 * | DATE | `2024-01-02` |
 * | DATETIME, TIMESTAMP | RFC 3339 in UTC, a fraction only where it is not zero: `2024-01-02T03:04:05Z`, `….25Z`. A DATETIME has no zone of its own and is taken as UTC |
 * | zero dates | with their zeros: `0000-00-00`, `0000-00-00T00:00:00Z` |
 * | TIME, YEAR | `-12:34:56`, `12:34:56.500000` with the column's digits; `2024` |
 * | CHAR, VARCHAR, TEXT, ENUM | the text; CHAR without its trailing spaces |
 * | SET | its members with commas, in the order of the definition: `a,c` |
 * | JSON | the document's text, as the server stores it |
 * | UUID, INET4, INET6 (MariaDB) | their text |
 * | BINARY, VARBINARY, BLOB, GEOMETRY, VECTOR | the text where the bytes are UTF-8 without control characters other than tab and line ends; base64 otherwise |
 * | NULL, of every type | null |
 *
 * As the Go operator's driver gives them, with these exceptions: that one gives a DATE as midnight (`2024-01-02T00:00:00Z`),
 * zero dates as year 1, doubles with exponents (`1.5e+06`), BIT and binary columns as raw bytes, and the year 0000 as `0`.
 */
export function columnText(column: MysqlColumn): (bytes: Buffer) => string {
  const { type } = column;
  if (type === TYPE_BIT) return bitText;
  if (type === TYPE_DATETIME || type === TYPE_TIMESTAMP) return timeText;
  if (NUMBERS.has(type) && (column.flags & FLAG_ZEROFILL) !== 0) return bytes => withoutZerofill(utf8(bytes));
  // A JSON column says that it is binary too, and so do numbers and dates; their bytes are text nevertheless.
  if (BYTES.has(type) && column.characterSet === CHARACTER_SET_BINARY) return binaryText;
  return utf8;
}

/** Whether values of the column can be change marks: they have an order, and say when or as which one a row was written. */
export function isMark(column: MysqlColumn | undefined): boolean {
  return column !== undefined && MARKS.has(column.type);
}

function utf8(bytes: Buffer): string {
  return bytes.toString("utf8");
}

function bitText(bytes: Buffer): string {
  return BigInt(`0x${bytes.length === 0 ? "0" : bytes.toString("hex")}`).toString();
}

/** `2024-01-02 03:04:05.250000` → `2024-01-02T03:04:05.25Z` (the form of the Go driver's parseTime). */
function timeText(bytes: Buffer): string {
  const [date = "", time = "00:00:00"] = bytes.toString("latin1").split(" ");
  const [seconds = "", fraction = ""] = time.split(".");
  const digits = fraction.replace(/0+$/, "");
  return `${date}T${seconds}${digits === "" ? "" : `.${digits}`}Z`;
}

function withoutZerofill(text: string): string {
  return text.replace(/^0+(?=\d)/, "");
}

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const DELETE = 127;

function isControl(byte: number): boolean {
  return (byte < SPACE && byte !== TAB && byte !== LINE_FEED && byte !== CARRIAGE_RETURN) || byte === DELETE;
}

function binaryText(bytes: Buffer): string {
  return isUtf8(bytes) && !bytes.some(isControl) ? utf8(bytes) : bytes.toString("base64");
}
