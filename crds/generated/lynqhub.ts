// Generated from crds/*.yaml by `npm run generate`. Do not edit.

import { type ApprovedPlan, type Condition, type Mode, type PendingPlan } from "./shared";

/** Which rows to read, and what their columns mean. */
export interface LynqHubSpec {
  /** The database that holds the rows. */
  source: DataSource;
  /**
   * Time between two reads of the table: a whole number followed by s, m or h, at least 1s. May be given as
   * spec.syncInterval or as spec.source.syncInterval; 30s when neither is.
   */
  syncInterval?: string;
  /** Columns that every hub needs. */
  valueMappings: ValueMappings;
  /** More variables for templates. The key is the variable's name, the value is the column that fills it. */
  extraValueMappings?: Record<string, string>;
  /**
   * JSON Schema for a row as an object of variables, each of them text. A row that does not fit is quarantined:
   * reported in status, while what already runs for it is left alone.
   */
  rowSchema?: Record<string, unknown>;
  /**
   * Variables whose values are secret. They are kept in a Secret that the node owns, never in the node's spec,
   * annotations, status, events or logs.
   */
  sensitiveValues?: string[];
  /**
   * Apply carries changes out as they come. Plan changes nothing: it tells in status.plan what would be done with the
   * nodes of all its forms, and waits until exactly that is approved. What already runs is kept as it is, and healed.
   */
  mode?: Mode;
  /**
   * Stops the sync: the table is not read, and no node is created, changed or deleted for its rows. Nodes that exist go
   * on healing.
   */
  suspend?: boolean;
  /**
   * How long a node outlives its row, after the row was turned off or deleted: a whole number followed by s, m or h.
   * Until then it runs and heals as it is, and goes on if the row returns. Left out, the node goes with its row.
   */
  deactivationGracePeriod?: string;
  /**
   * Holds back a sync that would delete more nodes than minCount and more than maxPercent of the hub's nodes, until
   * somebody approves it. Creating and updating go on.
   */
  deletionGuard?: DeletionGuard;
}

/** What the API server fills in where a field is left out. */
export const lynqHubSpecDefaults = {
  mode: "Apply",
  suspend: false,
  deletionGuard: {},
} as const satisfies Partial<LynqHubSpec>;

/** The database that holds the rows. */
export interface DataSource {
  /** Kind of database. mysql stands for MySQL and MariaDB. */
  type: "mysql";
  /**
   * Time between two reads of the table: a whole number followed by s, m or h, at least 1s. May be given as
   * spec.syncInterval or as spec.source.syncInterval; 30s when neither is.
   */
  syncInterval?: string;
  /**
   * Lets an unchanged table cost one small query instead of a read of all rows: what the table says of a column that
   * every INSERT and UPDATE sets anew. Newer rows are read by themselves; whatever they do not explain, and deletions
   * above all, make the whole table be read at once. Left out, the whole table is read every time.
   */
  changeMark?: ChangeMark;
  /** Connection to a MySQL or MariaDB server. */
  mysql?: MySqlSource;
}

/**
 * Lets an unchanged table cost one small query instead of a read of all rows: what the table says of a column that
 * every INSERT and UPDATE sets anew. Newer rows are read by themselves; whatever they do not explain, and deletions
 * above all, make the whole table be read at once. Left out, the whole table is read every time.
 */
export interface ChangeMark {
  /**
   * Column with the mark: a TIMESTAMP or DATETIME such as updated_at, best with a fraction, or a whole number that only
   * grows. It need not be mapped. An index on it helps.
   */
  column: string;
  /**
   * The whole table is read at least this often, whatever its mark says: a whole number followed by s, m or h, at least
   * 1s.
   */
  fullSyncInterval?: string;
}

/** What the API server fills in where a field is left out. */
export const changeMarkDefaults = {
  fullSyncInterval: "10m",
} as const satisfies Partial<ChangeMark>;

/** Connection to a MySQL or MariaDB server. */
export interface MySqlSource {
  /** Host name or IP address of the server. */
  host: string;
  /** TCP port of the server. */
  port?: number;
  /** Database user. SELECT on the table is all that it needs. Give this or usernameRef. */
  username?: string;
  /** Key of a Secret that holds the database user. Give this or username. */
  usernameRef?: SecretKeyRef;
  /** Key of a Secret that holds the password. Left out, the user logs in without one. */
  passwordRef?: SecretKeyRef;
  /** Database (schema) that holds the table. */
  database: string;
  /** Table or view to read, as table or database.table. Any name is allowed; it is quoted in the query. */
  table: string;
  /** Seconds to wait for a connection. */
  connectTimeoutSeconds?: number;
  /** Seconds that reading the whole table may take. */
  queryTimeoutSeconds?: number;
  /** Encryption of the connection. Left out, mode is preferred. */
  tls?: TlsSettings;
}

/** What the API server fills in where a field is left out. */
export const mySqlSourceDefaults = {
  port: 3306,
  connectTimeoutSeconds: 10,
  queryTimeoutSeconds: 60,
} as const satisfies Partial<MySqlSource>;

export interface SecretKeyRef {
  /** Name of a Secret in the namespace of the hub. */
  name: string;
  /** Key in the Secret's data. */
  key: string;
}

/** Encryption of the connection. Left out, mode is preferred. */
export interface TlsSettings {
  /**
   * disabled never encrypts; preferred encrypts when the server offers it and does not check certificates; required
   * refuses a server without TLS; verify-ca also checks the certificate against caRef, or the system's authorities;
   * verify-identity also checks the server's name.
   */
  mode?: TlsMode;
  /** Key of a Secret that holds the authority's certificate, PEM. Used by verify-ca and verify-identity. */
  caRef?: SecretKeyRef;
  /** Key of a Secret that holds the client certificate, PEM. Needs keyRef. */
  certRef?: SecretKeyRef;
  /** Key of a Secret that holds the client's private key, PEM. Needs certRef. */
  keyRef?: SecretKeyRef;
  /** Name expected in the server's certificate, when it is not host. */
  serverName?: string;
}

/** What the API server fills in where a field is left out. */
export const tlsSettingsDefaults = {
  mode: "preferred",
} as const satisfies Partial<TlsSettings>;

/**
 * disabled never encrypts; preferred encrypts when the server offers it and does not check certificates; required
 * refuses a server without TLS; verify-ca also checks the certificate against caRef, or the system's authorities;
 * verify-identity also checks the server's name.
 */
export type TlsMode = "disabled" | "preferred" | "required" | "verify-ca" | "verify-identity";

/** Columns that every hub needs. */
export interface ValueMappings {
  /** Column with the row's identity, unique among active rows. The variable .uid. */
  uid: string;
  /**
   * Column that turns the row on. 1, true, TRUE, True, yes, YES and Yes are on, and a BIT or BOOLEAN column's true
   * value; anything else is off. The variable .activate.
   */
  activate: string;
  /**
   * Column that freezes the row's nodes: while it is on, by the same values as activate, nothing is written, healed or
   * deleted for them. Left out, no row does.
   */
  suspend?: string;
  /** Deprecated: use extraValueMappings and the toHost function. Column for .hostOrUrl and .host. */
  hostOrUrl?: string;
}

/**
 * Holds back a sync that would delete more nodes than minCount and more than maxPercent of the hub's nodes, until
 * somebody approves it. Creating and updating go on.
 */
export interface DeletionGuard {
  /** Up to this many deletions in one sync always pass. */
  minCount?: number;
  /** Up to this share of the hub's nodes, in percent, always passes. */
  maxPercent?: number;
  /** Turns the guard off. Every deletion passes. */
  disabled?: boolean;
}

/** What the API server fills in where a field is left out. */
export const deletionGuardDefaults = {
  minCount: 10,
  maxPercent: 50,
  disabled: false,
} as const satisfies Partial<DeletionGuard>;

/** What the last syncs found. Written by the operator. */
export interface LynqHubStatus {
  /** Generation of the hub that this status describes. */
  observedGeneration?: number;
  /** Time between two syncs in effect. */
  syncInterval?: string;
  /** Forms that name this hub. */
  referencingTemplates?: number;
  /** LynqNodes that should exist, one for each active row and form. */
  desired?: number;
  /** LynqNodes whose Ready condition is True. */
  ready?: number;
  /** LynqNodes with a failed or conflicting resource. */
  failed?: number;
  /**
   * Nodes whose row is not active any more, and that wait for the end of the grace period. Absent when there are none.
   */
  inactive?: InactiveNodes;
  /** LynqNodes that are suspended by themselves, by their row or by their form. Absent when there are none. */
  suspended?: number;
  /** Value of the annotation lynq.sh/reconcile-at that was answered last. */
  lastHandledReconcileAt?: string;
  /**
   * Time of the last complete read of the table, as of the last change of this status. A sync that finds nothing new
   * writes nothing, so the true time may be later while Ready is True.
   */
  lastSuccessfulSyncTime?: string;
  /**
   * With a change mark: when the whole table was last read, as of the last change of this status. Only such a read lets
   * nodes go.
   */
  lastFullSyncTime?: string;
  /** Rows of the last complete read. */
  rows?: RowCounts;
  /** The first 20 quarantined rows. */
  quarantined?: QuarantinedRow[];
  /** Deletions that the guard holds back. Absent when it holds none. */
  deletionHeld?: HeldDeletion;
  /** What waits for approval in mode Plan: every change of nodes that would be made now. Absent when nothing waits. */
  plan?: PendingPlan;
  /** The plan that was approved last, with those of its changes that are not done yet. */
  approvedPlan?: ApprovedPlan;
  /** A set of nodes that was approved for deletion and is not gone yet. Absent when there is none. */
  approvedDeletion?: ApprovedDeletion;
  /**
   * Current state: Ready, Reconciling, Stalled, Suspended, DeletionHeld, NodesInactive, SyncOverrun, RowsQuarantined,
   * PlanPending.
   */
  conditions?: Condition[];
}

/**
 * Nodes whose row is not active any more, and that wait for the end of the grace period. Absent when there are none.
 */
export interface InactiveNodes {
  /** Number of nodes. */
  count: number;
  /** When the grace period of the first of them ends. */
  nextDeletionTime?: string;
}

/** Rows of the last complete read. */
export interface RowCounts {
  /** Rows that the table holds. */
  seen?: number;
  /** Rows that are turned on and became nodes. */
  active?: number;
  /** Rows that are turned on and cannot become nodes. */
  quarantined?: number;
}

/** One row that cannot become a node. */
export interface QuarantinedRow {
  /** The row's uid as far as it can be shown; empty when it has none. */
  uid: string;
  /** Why the row cannot become a node. */
  reason: string;
}

/** Deletions that the guard holds back. Absent when it holds none. */
export interface HeldDeletion {
  /** Nodes that would be deleted. */
  count: number;
  /** Nodes that the hub had when the hold began. */
  total?: number;
  /** Names exactly this set of nodes; an approval repeats it. */
  digest: string;
  /** Some of the nodes that would be deleted. */
  examples?: string[];
}

/** A set of nodes that was approved for deletion and is not gone yet. Absent when there is none. */
export interface ApprovedDeletion {
  /** Digest that was approved. */
  digest: string;
  /** UIDs of the nodes that are left. */
  nodes: string[];
}
