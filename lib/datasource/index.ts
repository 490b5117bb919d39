export { DataSourceError, type DataSourceErrorKind } from "./data-source-error";
export { fingerprint, type MysqlSettings } from "./mysql-settings";
export { MysqlSource } from "./mysql-source";
export { type ColumnValue, type RowSnapshot, type RowSource } from "./row-source";
