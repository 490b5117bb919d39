import { type Mariadb } from "../../../database/mariadb";
import { userStatistics, type UserStatistics } from "../../../database/user-statistics";
import { now } from "../clock";

/** What one user has asked of the database. */
export interface DatabaseCounts {
  /** Statements that read: SELECT, CHECKSUM and SHOW. */
  readonly queries: number;
  /** All others: BEGIN, SET and the like. */
  readonly otherStatements: number;
  readonly connections: number;
  /** Rows that the engine has read for them, and rows and bytes that were sent. */
  readonly rowsRead: number;
  readonly rowsSent: number;
  readonly bytesSent: number;
}

/** What a server takes for a comment, or for a limit of the statement that follows. */
const comments = /\/\*.*?\*\//gs;
const isRead = (text: string): boolean => /^\s*(select|checksum|show)\b/i.test(text.replaceAll(comments, ""));

/** Follows one user of a private MariaDB through its statistics and its general log. */
export class DatabaseCounters {
  private constructor(
    private readonly server: Mariadb,
    private readonly user: string,
  ) {}

  /** Switches both on. To be called again after a restart of the server. */
  static async open(server: Mariadb, user: string): Promise<DatabaseCounters> {
    const counters = new DatabaseCounters(server, user);
    await counters.switchOn();
    return counters;
  }

  async switchOn(): Promise<void> {
    await this.server.query("SET GLOBAL userstat = 1");
    await this.server.query("SET GLOBAL log_output = 'TABLE'");
    await this.server.query("SET GLOBAL general_log = 1");
  }

  /** Counts from here on. */
  async begin(): Promise<DatabaseMeter> {
    await this.server.query("TRUNCATE TABLE mysql.general_log");
    return new DatabaseMeter(this, await this.statistics(), now());
  }

  /** When the user's first reading statement after a moment began; undefined when there was none yet. */
  async firstReadAfter(moment: number): Promise<number | undefined> {
    return (await this.reads()).find(at => at >= moment);
  }

  /** When each reading statement since {@link begin} began. */
  async reads(): Promise<readonly number[]> {
    return (await this.statements()).filter(({ text }) => isRead(text)).map(({ at }) => at);
  }

  async statements(): Promise<readonly { readonly at: number; readonly text: string }[]> {
    const rows = await this.server.query(
      `SELECT UNIX_TIMESTAMP(event_time) * 1000 AS at, CONVERT(LEFT(argument, 200) USING utf8mb4) AS text FROM mysql.general_log
        WHERE command_type IN ('Query', 'Execute') AND user_host LIKE ?`,
      [`%[${this.user}]%`],
    );
    return rows.map(({ at, text }) => ({ at: Number(at), text: String(text) }));
  }

  statistics(): Promise<UserStatistics> {
    return userStatistics(this.server.query, this.user);
  }
}

/** One phase's share of the counts. */
export class DatabaseMeter {
  constructor(
    private readonly counters: DatabaseCounters,
    private readonly before: UserStatistics,
    private readonly since: number,
  ) {}

  async counts(): Promise<DatabaseCounts> {
    const after = await this.counters.statistics();
    const statements = (await this.counters.statements()).filter(({ at }) => at >= this.since);
    const queries = statements.filter(({ text }) => isRead(text)).length;
    // A server that was started anew counts from nothing.
    const isSame = after.connections >= this.before.connections && after.rowsRead >= this.before.rowsRead;
    const grown = (name: keyof UserStatistics) => after[name] - (isSame ? this.before[name] : 0);
    return {
      queries,
      otherStatements: statements.length - queries,
      connections: grown("connections"),
      rowsRead: grown("rowsRead"),
      rowsSent: grown("rowsSent"),
      bytesSent: grown("bytesSent"),
    };
  }
}
