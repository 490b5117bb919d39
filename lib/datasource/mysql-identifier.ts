/** An identifier as MySQL reads it in every SQL mode: in backticks, with backticks inside doubled. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** No identifier of MySQL has NUL, or characters outside the Basic Multilingual Plane (manual, "Schema Object Names"). */
export function isPossibleIdentifier(name: string): boolean {
  return name !== "" && !/[\0\u{10000}-\u{10ffff}]/u.test(name);
}

const QUOTED = /^`((?:[^`]|``)+)`(?:\.`((?:[^`]|``)+)`)?$/;

/**
 * What a table's name in a hub may mean, quoted for SQL, the first that exists wins:
 *
 * 1. the name as it is, in the connection's database, whatever characters it has;
 * 2. where the name is quoted as SQL quotes it, `` `database`.`table` `` or `` `table` ``, what it says;
 * 3. otherwise, where it has a dot, `database.table`, split at the first dot, as the Go operator reads it.
 */
export function tableCandidates(table: string): readonly string[] {
  const asGiven = quoteIdentifier(table);
  const quoted = QUOTED.exec(table);
  if (quoted !== null) return [asGiven, table];
  const dot = table.indexOf(".");
  if (dot <= 0 || dot === table.length - 1) return [asGiven];
  return [asGiven, `${quoteIdentifier(table.slice(0, dot))}.${quoteIdentifier(table.slice(dot + 1))}`];
}
