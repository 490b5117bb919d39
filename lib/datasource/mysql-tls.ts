import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { type SslOptions } from "mysql2";
import { DataSourceError } from "./data-source-error";
import { type MysqlSettings } from "./mysql-settings";

/** How to encrypt one source's connections; undefined: not at all. */
export interface TlsPlan {
  readonly options: SslOptions & { readonly verifyIdentity: boolean };
  /** The name that the certificate must be made out to, and that the server is asked for (SNI). */
  readonly serverName: string;
  /** Go on without encryption where the server offers none. */
  readonly optional: boolean;
}

/** @throws DataSourceError of kind `tls` when the settings cannot be used, whatever the server says */
export function tlsPlan(settings: MysqlSettings): TlsPlan | undefined {
  const { mode, ca, cert, key, serverName = settings.host } = settings.tls ?? { mode: "preferred" };
  if (mode === "disabled") return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw new DataSourceError("tls", "tls.cert and tls.key belong together: give both, or neither.");
  }
  if (mode === "verify-identity" && isIP(serverName) !== 0) {
    throw new DataSourceError(
      "tls",
      `tls.mode verify-identity needs a DNS name, and ${serverName} is an address: ` +
        "set tls.serverName to the name in the server's certificate, or use verify-ca.",
    );
  }
  const material = { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert, key }) };
  try {
    createSecureContext(material);
  } catch {
    // OpenSSL's own words help nobody, and what was refused may be a private key.
    throw new DataSourceError(
      "tls",
      "The TLS material is not usable: tls.ca, tls.cert and tls.key must be PEM, and the key that of the certificate.",
    );
  }
  const verify = mode === "verify-ca" || mode === "verify-identity";
  return {
    options: { ...material, rejectUnauthorized: verify, verifyIdentity: mode === "verify-identity" },
    serverName,
    optional: mode === "preferred",
  };
}
