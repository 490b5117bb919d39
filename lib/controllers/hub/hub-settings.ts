import {
  changeMarkDefaults,
  type LynqHubObject,
  mySqlSourceDefaults,
  type SecretKeyRef,
  tlsSettingsDefaults,
} from "../../../crds";
import { type MysqlSettings } from "../../datasource";
import { type HubMappings } from "../../record/mapping";
import { type Secrets } from "../secrets";

/** The hub cannot be read as it stands; the message says what to change. */
export class HubSettingsError extends Error {
  override readonly name = "HubSettingsError";
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;
/** Neither spelling has a default in the schema, since both may be given; this is the one of both. */
const DEFAULT_INTERVAL = "30s";

/** The interval in effect, as written; both spellings are one field. */
export function syncIntervalOf(hub: LynqHubObject): string {
  return hub.spec.syncInterval ?? hub.spec.source.syncInterval ?? DEFAULT_INTERVAL;
}

/** Milliseconds of `30s`, `5m`, `1h`; never less than a second. */
export function intervalMs(interval: string): number {
  return Math.max(1000, durationMs(interval));
}

/** The API server lets no other form pass. */
function durationMs(duration: string): number {
  const [, count = "30", unit = "s"] = /^(\d+)([smh])$/.exec(duration) ?? [];
  const factor = unit === "h" ? SECONDS.h : unit === "m" ? SECONDS.m : SECONDS.s;
  return Number(count) * factor * 1000;
}

/** Milliseconds that nodes outlive their rows; 0 without a grace period. */
export function gracePeriodMs({ spec: { deactivationGracePeriod } }: LynqHubObject): number {
  return deactivationGracePeriod === undefined ? 0 : durationMs(deactivationGracePeriod);
}

/** The column whose values tell of changes, and for how long that is enough, in milliseconds; undefined without one. */
export function changeMarkOf({
  spec: { source },
}: LynqHubObject): { readonly column: string; readonly wholeEveryMs: number } | undefined {
  const { column, fullSyncInterval } = { ...changeMarkDefaults, ...source.changeMark };
  return column === undefined ? undefined : { column, wholeEveryMs: intervalMs(fullSyncInterval) };
}

export function mappingsOf(hub: LynqHubObject): HubMappings {
  const { uid, activate, suspend, hostOrUrl } = hub.spec.valueMappings;
  return {
    uid,
    activate,
    ...(suspend === undefined ? {} : { suspend }),
    ...(hostOrUrl === undefined ? {} : { hostOrUrl }),
    extra: new Map(Object.entries(hub.spec.extraValueMappings ?? {})),
  };
}

/**
 * Connection settings with credentials from their Secrets.
 *
 * @throws HubSettingsError when a Secret or a key is missing; an absent password is never taken for an empty one
 */
export async function mysqlSettings(
  hub: LynqHubObject,
  secrets: Pick<Secrets, "read">,
  signal: AbortSignal,
): Promise<MysqlSettings> {
  const namespace = hub.metadata.namespace ?? "";
  const { mysql } = hub.spec.source;
  if (mysql === undefined) throw new HubSettingsError("spec.source.mysql is required when type is mysql");
  const { host, port, database, table, connectTimeoutSeconds, queryTimeoutSeconds, tls, ...credentials } = {
    ...mySqlSourceDefaults,
    ...mysql,
  };
  const at = "spec.source.mysql";
  const read = async (ref: SecretKeyRef | undefined, path: string): Promise<string | undefined> => {
    if (ref === undefined) return undefined;
    const data = await secrets.read(namespace, ref.name, signal);
    if (data === undefined) throw new HubSettingsError(`${path}: Secret ${namespace}/${ref.name} does not exist`);
    const value = data.get(ref.key);
    if (value === undefined)
      throw new HubSettingsError(`${path}: Secret ${namespace}/${ref.name} has no key ${ref.key}`);
    return value;
  };
  const username = credentials.username ?? (await read(credentials.usernameRef, `${at}.usernameRef`));
  if (username === undefined) throw new HubSettingsError(`${at}: give exactly one of username and usernameRef`);
  const [password, ca, cert, key] = await Promise.all([
    read(credentials.passwordRef, `${at}.passwordRef`),
    read(tls?.caRef, `${at}.tls.caRef`),
    read(tls?.certRef, `${at}.tls.certRef`),
    read(tls?.keyRef, `${at}.tls.keyRef`),
  ]);
  return {
    host,
    port,
    database,
    table,
    username,
    password: password ?? "",
    connectTimeoutSeconds,
    queryTimeoutSeconds,
    tls: {
      mode: tls?.mode ?? tlsSettingsDefaults.mode,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(tls?.serverName === undefined ? {} : { serverName: tls.serverName }),
    },
  };
}
