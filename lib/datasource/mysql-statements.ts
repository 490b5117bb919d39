import { DataSourceError } from "./data-source-error";
import { isPossibleIdentifier, quoteIdentifier } from "./mysql-identifier";
import { type NewerRows } from "./row-source";

/** The statement for a table, whose name is quoted already. */
export type TableStatement = (table: string) => string;

/** @throws DataSourceError for a name that no column can have */
export function selectRows(columns: readonly string[], seconds: number): TableStatement {
  const list = columns.map(columnName).join(", ");
  return table => `${selectWithin(seconds)} ${list} FROM ${table}`;
}

/** Every row, with the checksum of its mark. @throws DataSourceError */
export function selectMarkedRows(columns: readonly string[], mark: string, seconds: number): TableStatement {
  return table => `${selectWithin(seconds)} ${markedColumns(columns, mark)} FROM ${table} AS known`;
}

/**
 * The same for every uid with a new mark. The rows of a uid come all, whenever they were marked, so that a second row with a known uid does not pass for
 * the first one. A row without a uid does not come: the totals tell of it. The few new ones first, and by them into the table, whatever a server without
 * statistics would rather do.
 *
 * @throws DataSourceError
 */
export function selectRowsSince(
  columns: readonly string[],
  { uid, mark, since }: NewerRows,
  seconds: number,
): TableStatement {
  const list = markedColumns(columns, mark);
  const [id, by] = [columnName(uid), columnName(mark)];
  const newer = `${by} >= ${markLiteral(since)} OR ${by} IS NULL`;
  return table =>
    `${selectWithin(seconds)} ${list} FROM (SELECT DISTINCT ${id} AS uid FROM ${table} WHERE ${newer}) AS newer ` +
    `STRAIGHT_JOIN ${table} AS known ON known.${id} = newer.uid`;
}

/**
 * One row: how many rows there are, how many have no mark, a checksum over all marks, the newest mark, the server's clock.
 *
 * @throws DataSourceError
 */
export function selectMark(mark: string, seconds: number): TableStatement {
  const by = columnName(mark);
  const list = `COUNT(*), COUNT(*) - COUNT(${by}), COALESCE(SUM(${checksumOf(by)}), 0), MAX(${by}), UTC_TIMESTAMP(6)`;
  return table => `${selectWithin(seconds)} ${list} FROM ${table}`;
}

function markedColumns(columns: readonly string[], mark: string): string {
  return [...columns.map(one => `known.${columnName(one)}`), checksumOf(`known.${columnName(mark)}`)].join(", ");
}

/** Of the text of the mark, in the session's time zone, which is UTC. */
function checksumOf(mark: string): string {
  return `COALESCE(CRC32(${mark}), 0)`;
}

/**
 * The server is told of the limit too, each kind in its own way that the other takes for a comment: a query that we gave up on,
 * of a view that takes minutes, would go on there, one more with every sync.
 */
function selectWithin(seconds: number): string {
  const mariadb = `/*M!100201 SET STATEMENT max_statement_time = ${seconds} FOR */`;
  const mysql = `/*+ MAX_EXECUTION_TIME(${Math.ceil(seconds * 1000)}) */`;
  return `${mariadb} SELECT ${mysql}`;
}

function columnName(column: string): string {
  if (isPossibleIdentifier(column)) return quoteIdentifier(column);
  throw new DataSourceError(
    "unknown-column",
    `No column can be called ${JSON.stringify(column)}. Correct the mapping.`,
  );
}

function markLiteral(since: string): string {
  if (/^-?\d+$/.test(since)) return since;
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(since)) return `'${since}'`;
  throw new TypeError(`${JSON.stringify(since)} is no mark to look from`);
}
