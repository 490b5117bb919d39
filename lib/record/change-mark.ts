import { type TableTotals } from "./row-table";

/** What a table says of its marks in one row: the values of a column that every INSERT and UPDATE sets anew. */
export interface TableMark extends TableTotals {
  /** Rows without a mark. */
  readonly unmarked: number;
  /** The greatest mark: a time as RFC 3339 in UTC, or a whole number; null in a table without any. */
  readonly newest: string | null;
  /** The server's clock, RFC 3339 in UTC. */
  readonly now: string;
}

/** What is remembered of the last read, whole or in part. */
export interface MarkMemory {
  readonly mark: TableMark;
  /** When the last read of rows began, in milliseconds of our own clock. */
  readonly readAt: number;
  /** When the newest mark had been seen first. */
  readonly newestAt: number;
}

/** What to do about a table with this mark. */
export type MarkVerdict =
  /** Nothing has changed: no row is read. */
  | { readonly kind: "same" }
  /** Rows with this mark or a greater one, and those without any, may have changed. */
  | { readonly kind: "newer"; readonly since: string }
  /** Rows are gone, or nobody can say which have changed. */
  | { readonly kind: "whole" };

/** How far back of the newest mark rows are read again: transactions end later than they set their marks. */
const OVERLAP_MS = 10_000;
/** For so long after a mark was first seen, rows may still get the very same one: marks of whole seconds, and clocks that tick late. */
const SETTLED_MS = 2_000;

const WHOLE_NUMBER = /^-?\d+$/;

/**
 * Compares a table's mark with what is remembered. The checksum over all marks tells of every change that moves a mark, in whatever direction, and however
 * late it was committed; times only say where to look for it.
 *
 * @param now milliseconds of our own clock
 */
export function judgeMark({ mark, readAt, newestAt }: MarkMemory, found: TableMark, now: number): MarkVerdict {
  if (found.rows < mark.rows || isBefore(found.newest, mark.newest)) return { kind: "whole" };
  const isSame = found.rows === mark.rows && found.checksum === mark.checksum && found.newest === mark.newest;
  const isSettled = found.newest === null || readAt - newestAt >= SETTLED_MS;
  if (isSame && found.unmarked === 0 && isSettled) return { kind: "same" };
  const since = windowStart(mark);
  return since === undefined || now < readAt ? { kind: "whole" } : { kind: "newer", since };
}

/** What to remember of a read of rows that began and ended then, in milliseconds of our own clock. */
export function rememberMark(
  previous: MarkMemory | undefined,
  mark: TableMark,
  { began, ended }: { readonly began: number; readonly ended: number },
): MarkMemory {
  const isKnown = previous !== undefined && previous.mark.newest === mark.newest;
  return { mark, readAt: began, newestAt: isKnown ? previous.newestAt : ended };
}

/** Where to begin to look for what came after the mark; undefined when it gives no hint. */
function windowStart({ newest, now }: TableMark): string | undefined {
  if (newest === null) return undefined;
  if (WHOLE_NUMBER.test(newest)) return newest;
  // A mark from the future, a typing error perhaps, must not hide what is marked now.
  const start = Math.min(Date.parse(newest), Date.parse(now)) - OVERLAP_MS;
  if (!Number.isFinite(start)) return undefined;
  const text = new Date(start).toISOString();
  return /^\d{4}-/.test(text) ? text.slice(0, 19).replace("T", " ") : undefined;
}

function isBefore(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === null && b !== null;
  if (WHOLE_NUMBER.test(a) && WHOLE_NUMBER.test(b)) return BigInt(a) < BigInt(b);
  // Without the Z, a time with a fraction comes after the same one without it.
  return a.replace("Z", "") < b.replace("Z", "");
}
