import { DataSourceError } from "./data-source-error";
import { type MysqlConnection } from "./mysql-connection";

/** Connections that one source may hold: a sync's, and one for a look at the table beside it. */
const SIZE = 2;

/** Keeps the connections of one source open between reads. */
export class MysqlPool {
  private readonly idle: MysqlConnection[] = [];
  private readonly waiting = new Set<() => void>();
  private free = SIZE;

  /**
   * Waits until one more connection may be in use. Each `enter` that resolves needs one `leave`.
   * @throws DataSourceError of kind `interrupted` when the signal aborts before
   */
  enter(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(interrupted());
        return;
      }
      if (this.free > 0) {
        this.free -= 1;
        resolve();
        return;
      }
      const onAbort = (): void => {
        this.waiting.delete(onFree);
        reject(interrupted());
      };
      const onFree = (): void => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      this.waiting.add(onFree);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.free += 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }

  /** A connection that served before, where there is one that is not known to be broken. */
  take(): MysqlConnection | undefined {
    for (;;) {
      const connection = this.idle.pop();
      if (connection?.broken !== true) return connection;
    }
  }

  /** Keeps a connection for the next read. */
  keep(connection: MysqlConnection): void {
    if (!connection.broken) this.idle.push(connection);
  }

  closeIdle(): void {
    for (const connection of this.idle.splice(0)) connection.destroy();
  }
}

function interrupted(): DataSourceError {
  return new DataSourceError("interrupted", "The read was stopped before it had begun.");
}
