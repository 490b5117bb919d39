import { type MysqlSettings } from "../../lib/datasource";
import { UsageError } from "../usage-error";

/** A database URL that cannot be used. The message never holds the URL, which may hold a password. */
export class DatabaseUrlError extends Error {
  override readonly name = "DatabaseUrlError";
}

/** Where a database is, and who logs in. */
export type DatabaseAddress = Pick<MysqlSettings, "host" | "port" | "username" | "password" | "tls"> & {
  /** Undefined: the hub's. */
  readonly database: string | undefined;
};

const tlsModes = ["disabled", "preferred", "required", "verify-ca", "verify-identity"] as const;

/**
 * Reads `mysql://user:password@host:port/database?ssl-mode=required`; `mariadb://` is the same.
 *
 * @param password used where the URL has none
 * @throws DatabaseUrlError
 */
export function parseDatabaseUrl(text: string, password: string | undefined): DatabaseAddress {
  if (!URL.canParse(text)) throw new DatabaseUrlError("is no URL; write mysql://user:password@host:3306/database");
  const url = new URL(text);
  if (url.protocol !== "mysql:" && url.protocol !== "mariadb:") {
    throw new DatabaseUrlError(`is a ${url.protocol.slice(0, -1)} URL; mysql:// and mariadb:// are understood`);
  }
  if (url.hostname === "") throw new DatabaseUrlError("names no host");
  if (url.username === "") throw new DatabaseUrlError("names no user");
  const { pathname } = url;
  const mode = tlsMode(url.searchParams);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? 3306 : Number(url.port),
    username: decode(url.username),
    password: url.password === "" ? (password ?? "") : decode(url.password),
    database: pathname.length > 1 ? decode(pathname.slice(1)) : undefined,
    ...(mode === undefined ? {} : { tls: { mode } }),
  };
}

function tlsMode(parameters: URLSearchParams): (typeof tlsModes)[number] | undefined {
  for (const name of parameters.keys()) {
    if (name !== "ssl-mode") throw new DatabaseUrlError(`has the parameter ${name}; only ssl-mode is understood`);
  }
  const written = parameters.get("ssl-mode");
  if (written === null) return undefined;
  // MySQL writes VERIFY_CA, hubs write verify-ca.
  const mode = tlsModes.find(known => known === written.toLowerCase().replace("_", "-"));
  if (mode === undefined) throw new DatabaseUrlError(`has no known ssl-mode; it is one of ${tlsModes.join(", ")}`);
  return mode;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new DatabaseUrlError("has a % that begins no escape; write it as %25");
  }
}

/**
 * The database that the command line or the environment names, if any.
 *
 * @throws UsageError
 */
export function givenDatabase(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): DatabaseAddress | undefined {
  const url = option ?? env["LYNQ_DATABASE_URL"];
  if (url === undefined || url === "") return undefined;
  try {
    return parseDatabaseUrl(url, env["MYSQL_PWD"]);
  } catch (error) {
    if (error instanceof DatabaseUrlError) throw new UsageError(`the database URL ${error.message}`);
    throw error;
  }
}
