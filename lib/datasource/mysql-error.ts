import { DataSourceError, type DataSourceErrorKind } from "./data-source-error";
import { type MysqlSettings } from "./mysql-settings";

/** What the server's error numbers mean to a reader of tables (MySQL and MariaDB error references). */
const KIND_OF_NUMBER: ReadonlyMap<number, DataSourceErrorKind> = new Map<number, DataSourceErrorKind>([
  [1040, "unreachable"], // too many connections
  [1129, "unreachable"], // host blocked after connection errors
  [1203, "unreachable"], // user has too many connections
  [1226, "unreachable"], // user has used up a resource
  [1045, "authentication"],
  [1130, "authentication"], // host not allowed
  [1251, "authentication"], // authentication protocol of old clients
  [1524, "authentication"], // plugin not loaded
  [1698, "authentication"], // access denied, no password asked for
  [1820, "authentication"], // password must be changed
  [1862, "authentication"], // password expired
  [3118, "authentication"], // MySQL: account locked
  [4151, "authentication"], // MariaDB: account locked
  [3159, "tls"], // secure transport required
  [1049, "unknown-database"],
  [1051, "unknown-table"],
  [1103, "unknown-table"], // not a possible name of a table
  [1109, "unknown-table"],
  [1146, "unknown-table"],
  [1054, "unknown-column"],
  [1166, "unknown-column"], // not a possible name of a column
  [1044, "permission"],
  [1142, "permission"],
  [1143, "permission"],
  [1227, "permission"],
  [1370, "permission"],
  [1205, "timeout"], // lock wait
  [1969, "timeout"], // MariaDB: max_statement_time
  [3024, "timeout"], // MySQL: max_execution_time
  [1053, "interrupted"], // server shutdown
  [1077, "interrupted"],
  [1158, "interrupted"],
  [1159, "interrupted"],
  [1160, "interrupted"],
  [1161, "interrupted"],
  [1184, "interrupted"],
  [1317, "interrupted"], // query killed
  [1927, "interrupted"], // MariaDB: connection killed
  [4031, "interrupted"], // MySQL: idle for too long
]);

/** Errors of other numbers whose text names objects and never a value of a row. */
const TEXT_IS_SAFE: ReadonlySet<number> = new Set([1054, 1142, 1143, 1146, 1227, 1356, 1370, 1449]);

const CONNECT_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ECONNRESET",
  "EPIPE",
  "EACCES",
  "PROTOCOL_CONNECTION_LOST",
]);

interface DriverError {
  readonly code: string | undefined;
  readonly number: number | undefined;
  readonly text: string;
}

/** When a connection failed: while it was being made, or while it served a statement. */
export type ConnectionPhase = "connect" | "query";

/** The driver's or the server's error as one of ours, in words for people and without credentials. */
export function fromDriverError(error: unknown, settings: MysqlSettings, phase: ConnectionPhase): DataSourceError {
  if (error instanceof DataSourceError) return error;
  const driver = readError(error);
  const kind = kindOf(driver, phase);
  return new DataSourceError(kind, message(kind, driver, settings, phase), driver.code);
}

/** Whether another way to read the table's name may still find it. */
export function isMissingTable(error: unknown): boolean {
  return (
    error instanceof DataSourceError && (error.kind === "unknown-table" || error.code === "ER_TABLEACCESS_DENIED_ERROR")
  );
}

/** Whether the table was altered between the snapshot and the question. */
export function isAlteredMeanwhile(error: unknown): boolean {
  return error instanceof DataSourceError && error.code === "ER_TABLE_DEF_CHANGED";
}

function readError(error: unknown): DriverError {
  if (typeof error !== "object" || error === null) return { code: undefined, number: undefined, text: "" };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  // Errors of the operating system have negative numbers.
  const number = "errno" in error && typeof error.errno === "number" && error.errno > 0 ? error.errno : undefined;
  const text = "message" in error && typeof error.message === "string" ? error.message : "";
  return { code, number, text };
}

function kindOf({ code, number }: DriverError, phase: ConnectionPhase): DataSourceErrorKind {
  if (number !== undefined) return KIND_OF_NUMBER.get(number) ?? "query";
  if (code?.startsWith("HANDSHAKE_") === true) return code.includes("SSL") ? "tls" : "unreachable";
  if (code?.startsWith("AUTH_SWITCH") === true) return "authentication";
  if (code === "ETIMEDOUT") return "timeout";
  if (phase === "connect") return "unreachable";
  return code === undefined || CONNECT_CODES.has(code) || code.startsWith("PROTOCOL_") ? "interrupted" : "query";
}

function message(
  kind: DataSourceErrorKind,
  driver: DriverError,
  settings: MysqlSettings,
  phase: ConnectionPhase,
): string {
  const { database, table, username } = settings;
  const server = `${settings.host}:${settings.port}`;
  const why = reason(driver);
  switch (kind) {
    case "unreachable":
      return `No connection to the database server ${server}${why}. Check host and port, and that it runs and is reachable from the operator.`;
    case "authentication":
      return `The database server ${server} refuses user ${quoted(username)}${why}. Check username and password, and that the user may connect from the operator's address.`;
    case "tls":
      return `No encrypted connection to the database server ${server}${why}. Check tls.mode, the CA and the client's certificate.`;
    case "unknown-database":
      return `The database server ${server} has no database ${quoted(database)}.`;
    case "unknown-table":
      return `Database ${quoted(database)} on ${server} has no table or view ${quoted(table)}.`;
    case "unknown-column":
      return `Table ${quoted(table)} of database ${quoted(database)} on ${server} lacks a mapped column${why}. Correct the mapping or the table.`;
    case "permission":
      return `User ${quoted(username)} may not read table ${quoted(table)} of database ${quoted(database)} on ${server}${why}. Grant it SELECT.`;
    case "timeout":
      return `The database server ${server} took too long${why}.`;
    case "interrupted":
      return phase === "connect"
        ? `The connection to the database server ${server} was cut while it was made${why}.`
        : `The read of table ${quoted(table)} from ${server} was cut off${why}. Nothing of it is used.`;
    case "change-mark":
    case "query":
      return `The database server ${server} refuses to read table ${quoted(table)} of database ${quoted(database)}${why}.`;
  }
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

/** Server texts may hold a value (`Truncated incorrect DOUBLE value: 'secret'`), so only those that cannot are passed on. */
function reason({ code, number, text }: DriverError): string {
  if (number !== undefined && TEXT_IS_SAFE.has(number)) return ` (${text})`;
  if (number !== undefined) return ` (${code ?? "error"}, ${number})`;
  if (code === "HANDSHAKE_NO_SSL_SUPPORT") return " (it offers none)";
  if (code === "HANDSHAKE_SSL_ERROR") return ` (${text})`;
  return code === undefined ? "" : ` (${code})`;
}
