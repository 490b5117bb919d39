import { type Query } from "./client";

/** What a server with `userstat` on has counted of one user. */
export interface UserStatistics {
  readonly connections: number;
  readonly deniedConnections: number;
  readonly deniedStatements: number;
  readonly selects: number;
  readonly rowsRead: number;
  readonly rowsSent: number;
  readonly bytesSent: number;
}

const columns = {
  connections: "TOTAL_CONNECTIONS",
  deniedConnections: "DENIED_CONNECTIONS",
  deniedStatements: "ACCESS_DENIED",
  selects: "SELECT_COMMANDS",
  rowsRead: "ROWS_READ",
  rowsSent: "ROWS_SENT",
  bytesSent: "BYTES_SENT",
} as const satisfies Record<keyof UserStatistics, string>;

/** Since the server's start, or since the user's first statement; zeros before it. MariaDB only. */
export async function userStatistics(query: Query, user: string): Promise<UserStatistics> {
  const [row = {}] = await query("SELECT * FROM information_schema.USER_STATISTICS WHERE USER = ?", [user]);
  const count = (name: keyof UserStatistics) => Number(row[columns[name]] ?? 0);
  return {
    connections: count("connections"),
    deniedConnections: count("deniedConnections"),
    deniedStatements: count("deniedStatements"),
    selects: count("selects"),
    rowsRead: count("rowsRead"),
    rowsSent: count("rowsSent"),
    bytesSent: count("bytesSent"),
  };
}
