/** Why a snapshot could not be read. */
export type DataSourceErrorKind =
  | "unreachable"
  | "authentication"
  | "tls"
  | "unknown-database"
  | "unknown-table"
  | "unknown-column"
  | "change-mark"
  | "permission"
  | "timeout"
  | "interrupted"
  | "query";

/** A snapshot could not be read. The message is for people, and holds neither credentials nor values of rows. */
export class DataSourceError extends Error {
  override readonly name = "DataSourceError";

  constructor(
    readonly kind: DataSourceErrorKind,
    message: string,
    /** The driver's or server's own name of the error, such as `ER_NO_SUCH_TABLE` or `ECONNREFUSED`. */
    readonly code?: string,
  ) {
    super(message);
  }
}
