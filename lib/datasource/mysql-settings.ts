import { createHmac, randomBytes } from "node:crypto";

/**
 * How the connection is encrypted, as MySQL's own clients name it:
 * `disabled` never; `preferred` where the server can, without verifying it; `required` always, without verifying it;
 * `verify-ca` the certificate must come from the CA; `verify-identity` and be made out to the server's name.
 */
export type MysqlTlsMode = "disabled" | "preferred" | "required" | "verify-ca" | "verify-identity";

/** PEM texts, usually from a Secret. */
export interface MysqlTls {
  readonly mode: MysqlTlsMode;
  /** Authorities that the server's certificate may come from; without it, those that Node.js trusts. */
  readonly ca?: string;
  /** Certificate of the client, with `key`. */
  readonly cert?: string;
  readonly key?: string;
  /** DNS name that the server's certificate is made out to, where it is not `host`. */
  readonly serverName?: string;
}

/** Where a table is and how to reach it. */
export interface MysqlSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** A table or view of `database`, or `database.table` (see tableCandidates). */
  readonly table: string;
  readonly username: string;
  readonly password: string;
  /** Without it: `preferred`. */
  readonly tls?: MysqlTls;
  /** Seconds until a connection must be ready for a query. Default 10. */
  readonly connectTimeoutSeconds?: number;
  /** Seconds that a whole read may take, from the statement to its last row. Default 60. */
  readonly queryTimeoutSeconds?: number;
}

export const DEFAULT_CONNECT_TIMEOUT_SECONDS = 10;
export const DEFAULT_QUERY_TIMEOUT_SECONDS = 60;

/** Fresh in every process, so that a fingerprint that got out is no help in guessing a password. */
const FINGERPRINT_KEY = randomBytes(32);

/**
 * Stands for everything that a source is made from, credentials included: two settings with equal fingerprints need no
 * new source. Comparable within one process only.
 */
export function fingerprint(settings: MysqlSettings): string {
  const { tls } = settings;
  const parts = [
    settings.host,
    settings.port,
    settings.database,
    settings.table,
    settings.username,
    settings.password,
    tls?.mode ?? null,
    tls?.ca ?? null,
    tls?.cert ?? null,
    tls?.key ?? null,
    tls?.serverName ?? null,
    settings.connectTimeoutSeconds ?? DEFAULT_CONNECT_TIMEOUT_SECONDS,
    settings.queryTimeoutSeconds ?? DEFAULT_QUERY_TIMEOUT_SECONDS,
  ];
  return createHmac("sha256", FINGERPRINT_KEY).update(JSON.stringify(parts)).digest("hex");
}
