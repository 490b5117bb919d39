/** Keys of rows in the queue: the key of the hub, and the uid of the row, which may have slashes of its own. */

export function rowKey(hub: string, uid: string): string {
  return `${hub}/${uid}`;
}

/** Key of the hub: its namespace and its name have no slash. */
export function hubOfRow(row: string): string {
  return row.slice(0, row.indexOf("/", row.indexOf("/") + 1));
}

export function uidOfRow(row: string): string {
  return row.slice(row.indexOf("/", row.indexOf("/") + 1) + 1);
}
