import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createPool, escape, escapeId, type Pool } from "mysql2/promise";

import { createAuthority, issueCertificate } from "../certificate";
import { mustRun } from "../command";
import { SetupError } from "../errors";
import { firstLine, type Log, step } from "../log";
import { freePort, isFree, withFreshPorts } from "../port";
import { ServerProcess } from "../server-process";
import { waitUntil } from "../wait";
import { ensureInstallation, type Installation } from "./installation";

export interface MariadbOptions {
  /** An existing folder for everything that it writes; its owner removes it. */
  readonly dataDir: string;
  readonly log: Log;
  /** A port of the caller's choice; the system chooses when left out. */
  readonly port?: number;
}

/** One row of a result, by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement with values in the place of `?`, and answers its rows; none for a statement that has no result. */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** A database of one test, with a user who may do everything in it and nothing elsewhere. */
export interface Database {
  readonly name: string;
  readonly user: string;
  readonly password: string;
  /** As root, with this database as the current one. */
  readonly query: Query;
  /** Removes the database and its user. */
  drop(): Promise<void>;
}

/** Files for TLS connections: the server takes encrypted and plain ones. */
export interface TlsFiles {
  readonly caPath: string;
  /** A client certificate signed by the same authority, and its key. */
  readonly certificatePath: string;
  readonly keyPath: string;
}

/** A private MariaDB on 127.0.0.1, with its own data folder, socket and port. */
export interface Mariadb {
  readonly host: string;
  readonly port: number;
  readonly socket: string;
  readonly rootUser: string;
  readonly rootPassword: string;
  readonly tls: TlsFiles;
  readonly pid: number | undefined;
  readonly query: Query;
  createDatabase(name?: string): Promise<Database>;
  /** Ends it in good order; {@link Mariadb.start} brings it back with its data, on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Kills it, as a crash would. */
  kill(): Promise<void>;
}

const host = "127.0.0.1";
const rootUser = "root";

/** Unix sockets have room for about 100 characters of path. */
const socketLimit = 100;

async function prepare(installation: Installation, dataDir: string, rootPassword: string): Promise<TlsFiles> {
  const data = join(dataDir, "data");
  await mustRun(installation.install, [
    ...["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal"],
    ...["--skip-test-db", "--skip-name-resolve", "--innodb-log-file-size=8M", "--innodb-flush-method=nosync"],
    ...asRoot(),
  ]);
  const password = escape(rootPassword);
  const statements = [
    `ALTER USER ${rootUser}@localhost IDENTIFIED BY ${password};`,
    `CREATE USER IF NOT EXISTS ${rootUser}@'${host}';`,
    `ALTER USER ${rootUser}@'${host}' IDENTIFIED BY ${password};`,
    `GRANT ALL PRIVILEGES ON *.* TO ${rootUser}@'${host}' WITH GRANT OPTION;`,
  ];
  writeFileSync(join(dataDir, "init.sql"), `${statements.join("\n")}\n`, { mode: 0o600 });
  const authority = await createAuthority(dataDir, "lynq-mariadb-ca");
  const subject = { dnsNames: ["localhost"], addresses: [host] };
  await issueCertificate(authority, dataDir, {
    name: "server",
    commonName: "localhost",
    usage: "serverAuth",
    ...subject,
  });
  const client = await issueCertificate(authority, dataDir, {
    name: "client",
    commonName: "lynq",
    usage: "clientAuth",
  });
  return { caPath: authority.certificatePath, ...client };
}

/** MariaDB runs as root only when it is told so by name. */
const asRoot = (): readonly string[] => (process.getuid?.() === 0 ? ["--user=root"] : []);

function serverArguments(dataDir: string, socket: string, port: number): readonly string[] {
  const file = (name: string) => join(dataDir, name);
  return [
    "--no-defaults",
    ...asRoot(),
    `--datadir=${file("data")}`,
    `--socket=${socket}`,
    `--port=${port}`,
    `--bind-address=${host}`,
    `--pid-file=${file("mariadb.pid")}`,
    `--init-file=${file("init.sql")}`,
    `--ssl-ca=${file("ca.crt")}`,
    `--ssl-cert=${file("server.crt")}`,
    `--ssl-key=${file("server.key")}`,
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--max-connections=500",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=8M",
    // A killed server loses nothing, only a lost power supply would.
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=2",
    "--performance-schema=OFF",
  ];
}

const connect = (port: number, password: string, database?: string): Pool =>
  createPool({
    host,
    port,
    user: rootUser,
    password,
    connectionLimit: 4,
    maxIdle: 1,
    idleTimeout: 5_000,
    connectTimeout: 5_000,
    charset: "utf8mb4",
    ...(database === undefined ? {} : { database }),
  });

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);

const queryOn =
  (pool: () => Pool): Query =>
  async (sql, values = []) => {
    const [result] = await pool().query(sql, [...values]);
    const rows: readonly unknown[] = Array.isArray(result) ? result : [];
    return rows.filter(isRow);
  };

/** One server process after the other on the same data, with the pool that talks to it. */
class Instance {
  #process: ServerProcess | undefined;
  #pool: Pool | undefined;

  constructor(
    private readonly installation: Installation,
    private readonly dataDir: string,
    readonly socket: string,
    readonly port: number,
    private readonly rootPassword: string,
  ) {}

  get pid(): number | undefined {
    return this.#process?.isRunning === true ? this.#process.pid : undefined;
  }

  readonly query: Query = queryOn(() => (this.#pool ??= connect(this.port, this.rootPassword)));

  async start(say?: (detail: string) => void): Promise<void> {
    if (this.#process?.isRunning === true) return;
    const process = new ServerProcess({
      name: "MariaDB",
      command: this.installation.server,
      args: serverArguments(this.dataDir, this.socket, this.port),
      logPath: join(this.dataDir, "mariadb.log"),
    });
    this.#process = process;
    const probe = async () => {
      process.assertRunning();
      try {
        await this.query("SELECT 1");
        return undefined;
      } catch (error) {
        return firstLine(error);
      }
    };
    await waitUntil("MariaDB", probe, { interval: 50, ...(say === undefined ? {} : { say }) });
  }

  async end(how: "stop" | "kill"): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.end().catch(() => undefined);
    await (how === "stop" ? this.#process?.stop(20_000) : this.#process?.kill());
  }

  async createDatabase(name: string): Promise<Database> {
    const password = randomBytes(12).toString("hex");
    const account = `${escape(name)}@${escape(host)}`;
    await this.query(`CREATE DATABASE ${escapeId(name)}`);
    await this.query(`CREATE USER ${account} IDENTIFIED BY ${escape(password)}`);
    await this.query(`GRANT ALL PRIVILEGES ON ${escapeId(name)}.* TO ${account}`);
    let pool: Pool | undefined;
    return {
      name,
      user: name,
      password,
      query: queryOn(() => (pool ??= connect(this.port, this.rootPassword, name))),
      drop: async () => {
        await pool?.end().catch(() => undefined);
        pool = undefined;
        await this.query(`DROP DATABASE IF EXISTS ${escapeId(name)}`);
        await this.query(`DROP USER IF EXISTS ${account}`);
      },
    };
  }
}

/**
 * Starts a MariaDB of its own; one that the machine runs already is never touched.
 *
 * @throws SetupError in one line when it is missing or the chosen port is taken; ProcessError with the last lines of its log.
 */
export async function startMariadb({ dataDir, log, port }: MariadbOptions): Promise<Mariadb> {
  const socket = join(dataDir, "mariadb.sock");
  if (socket.length > socketLimit)
    throw new SetupError(`${dataDir} is too long a path for a socket: choose a shorter one`);
  if (port !== undefined && !(await isFree(port)))
    throw new SetupError(`port ${port} (MariaDB) is taken: end what listens on it, or choose another one`);
  const installation = await ensureInstallation(log);
  mkdirSync(dataDir, { recursive: true });
  const rootPassword = randomBytes(12).toString("hex");

  const [instance, tls] = await step(log, "MariaDB is ready", async say => {
    const files = await prepare(installation, dataDir, rootPassword);
    return withFreshPorts(async () => {
      const fresh = new Instance(installation, dataDir, socket, port ?? (await freePort()), rootPassword);
      try {
        await fresh.start(say);
        return [fresh, files] as const;
      } catch (error) {
        await fresh.end("kill");
        throw error;
      }
    });
  });

  const start = () => step(log, "MariaDB is ready again", say => instance.start(say));
  const stop = () => instance.end("stop");
  return {
    host,
    port: instance.port,
    socket,
    rootUser,
    rootPassword,
    tls,
    get pid() {
      return instance.pid;
    },
    query: instance.query,
    createDatabase: name => instance.createDatabase(name ?? `lynq_${randomBytes(4).toString("hex")}`),
    stop,
    start,
    restart: async () => {
      await stop();
      await start();
    },
    kill: () => instance.end("kill"),
  };
}
