import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { escape } from "mysql2/promise";

import { createAuthority, issueCertificate } from "../certificate";
import { mustRun } from "../command";
import { errorCode, SetupError } from "../errors";
import { firstLine, type Log, step } from "../log";
import { freePort, isFree, withFreshPorts } from "../port";
import { ServerProcess } from "../server-process";
import { waitUntil } from "../wait";
import { type Database, MariadbClient, type Query, type RootAccess } from "./client";
import { ensureInstallation, type Installation } from "./installation";

export type { Database, Query, RootAccess, Row } from "./client";

export interface MariadbOptions {
  /** An existing folder for everything that it writes; its owner removes it. */
  readonly dataDir: string;
  readonly log: Log;
  /** A port of the caller's choice; the system chooses when left out. */
  readonly port?: number;
}

/** Files for TLS connections: the server takes encrypted and plain ones. */
export interface TlsFiles {
  readonly caPath: string;
  /** A client certificate signed by the same authority, and its key. */
  readonly certificatePath: string;
  readonly keyPath: string;
}

/** A private MariaDB on 127.0.0.1, with its own data folder, socket and port. */
export interface Mariadb extends RootAccess {
  readonly socket: string;
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
    ...["--no-defaults", `--datadir=${data}`, `--tmpdir=${dataDir}`, "--auth-root-authentication-method=normal"],
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
    `--tmpdir=${dataDir}`,
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

/** Codes of a connection to a server that does not listen yet; any other error will not go away by waiting. */
const tooEarly = ["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "PROTOCOL_CONNECTION_LOST"];

const isTooEarly = (error: unknown): boolean => tooEarly.some(code => code === errorCode(error));

/** One server process after the other on the same data, and the client that talks to them. */
class Instance {
  readonly client: MariadbClient;
  #process: ServerProcess | undefined;

  constructor(
    private readonly installation: Installation,
    private readonly dataDir: string,
    private readonly socket: string,
    readonly access: RootAccess,
  ) {
    this.client = new MariadbClient(access);
  }

  get pid(): number | undefined {
    return this.#process?.isRunning === true ? this.#process.pid : undefined;
  }

  async start(say?: (detail: string) => void): Promise<void> {
    if (this.pid !== undefined) return;
    const process = new ServerProcess({
      name: "MariaDB",
      command: this.installation.server,
      args: serverArguments(this.dataDir, this.socket, this.access.port),
      logPath: join(this.dataDir, "mariadb.log"),
    });
    this.#process = process;
    const probe = async () => {
      process.assertRunning();
      try {
        await this.client.query("SELECT 1");
        return undefined;
      } catch (error) {
        if (!isTooEarly(error)) throw error;
        return firstLine(error);
      }
    };
    await waitUntil("MariaDB", probe, { interval: 50, ...(say === undefined ? {} : { say }) });
  }

  async end(how: "stop" | "kill"): Promise<void> {
    await this.client.close();
    await (how === "stop" ? this.#process?.stop(20_000) : this.#process?.kill());
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

  const [instance, tls] = await step(log, "MariaDB", async say => {
    const files = await prepare(installation, dataDir, rootPassword);
    return withFreshPorts(async () => {
      const access = { host, port: port ?? (await freePort()), rootUser, rootPassword };
      const fresh = new Instance(installation, dataDir, socket, access);
      try {
        await fresh.start(say);
        return [fresh, files] as const;
      } catch (error) {
        await fresh.end("kill");
        throw error;
      }
    });
  });

  const start = () => step(log, "MariaDB, started again", say => instance.start(say));
  const stop = () => instance.end("stop");
  return {
    ...instance.access,
    socket,
    tls,
    get pid() {
      return instance.pid;
    },
    query: instance.client.query,
    createDatabase: name => instance.client.createDatabase(name),
    stop,
    start,
    restart: async () => {
      await stop();
      await start();
    },
    kill: () => instance.end("kill"),
  };
}
