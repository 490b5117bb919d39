import { type HeldDeletion, type LynqHubStatus, type PendingPlan, type QuarantinedRow } from "../../crds";
import { ANNOTATION_APPROVE_DELETION } from "../metadata";
import { type ApprovedDeletion, type HeldDeletions } from "../plan/deletion-guard";
import { quotation } from "../readiness/quotation";
import { type ConditionDraft, findCondition, formatTime, nextConditions } from "./condition";
import { firstFew, SPELLED_OUT } from "./outcome";
import { planCondition, type PlanOutcome, planStatus } from "./plan-status";
import { statusPatch } from "./status-patch";

/** What the last try to read the table came to. */
export type SyncOutcome =
  /** Nothing was read yet since the operator started; the conditions of before still stand. */
  | { readonly kind: "pending" }
  /** The hub is suspended: what was known stays. */
  | { readonly kind: "suspended" }
  | {
      readonly kind: "succeeded";
      readonly at: Date;
      /** Where a change mark spares reads of every row: when the last one was made. */
      readonly wholeAt?: Date;
      /** Looks at the table take longer than the interval. */
      readonly overruns?: boolean;
      /** Nodes that should exist: active rows × forms. */
      readonly desired: number;
      readonly rows: { readonly seen: number; readonly active: number; readonly quarantined: number };
      /** The first rows that cannot become nodes. */
      readonly quarantined: readonly QuarantinedRow[];
      /** What the guard holds back. */
      readonly held: HeldDeletions | undefined;
      /** What a human let go and is not gone yet. */
      readonly approved: ApprovedDeletion | undefined;
      /** In mode Plan: what waits for a human's yes, and what has it. */
      readonly plan?: PlanOutcome | undefined;
      readonly inactive?: InactiveNodes | undefined;
    }
  | {
      readonly kind: "failed";
      readonly reason: string;
      /** For people, without the password, and the same words as long as nothing changes. */
      readonly message: string;
      /** True when the next sync may succeed without anybody's help, as after an outage. */
      readonly retrying: boolean;
      /** When the table was last read in full, as far as it is known. */
      readonly lastSuccess?: Date;
    };

/** Nodes that outlive their row for the grace period. */
export interface InactiveNodes {
  readonly count: number;
  readonly nextDeletion: Date | undefined;
  /** All of them together are more than the deletion guard lets go. */
  readonly willBeHeld: boolean;
}

export interface HubStatusInput {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly syncInterval: string;
  /** Forms that name the hub. */
  readonly forms: number;
  readonly nodes: { readonly ready: number; readonly failed: number; readonly suspended?: number };
  readonly sync: SyncOutcome;
  /** The request to look again that this sync answers, if any. */
  readonly handledReconcileAt?: string | undefined;
  readonly previous: LynqHubStatus | undefined;
}

const NOT_SYNCED: ConditionDraft = {
  type: "Ready",
  status: "Unknown",
  reason: "NotSynced",
  message: "the table was not read yet",
};

const SUSPENDED: ConditionDraft = {
  type: "Suspended",
  status: "True",
  reason: "HubSuspended",
  message:
    "spec.suspend: the table is not read, and no node is created, changed or deleted for its rows until it is false; nodes that exist go on healing",
};

/** Quarantined rows that status lists one by one. */
const LISTED_ROWS = 20;

/**
 * The whole status of a hub. What only the database knows keeps its last known value while the database is away: an
 * outage never looks like an empty table. A sync that finds nothing new changes nothing, its time included.
 */
export function hubStatus(input: HubStatusInput, now: Date): LynqHubStatus {
  const { previous, sync } = input;
  const plans = sync.kind === "succeeded" ? planStatus(previous, sync.plan, now) : undefined;
  const { suspended = 0 } = input.nodes;
  const handled = input.handledReconcileAt ?? previous?.lastHandledReconcileAt;
  const status: LynqHubStatus = {
    ...(previous?.lastSuccessfulSyncTime !== undefined && { lastSuccessfulSyncTime: previous.lastSuccessfulSyncTime }),
    ...(previous?.lastFullSyncTime !== undefined &&
      (sync.kind !== "succeeded" || sync.wholeAt !== undefined) && { lastFullSyncTime: previous.lastFullSyncTime }),
    ...(sync.kind === "succeeded" ? { ...found(sync), ...plans } : lastKnown(previous)),
    observedGeneration: input.generation,
    syncInterval: input.syncInterval,
    referencingTemplates: input.forms,
    ready: input.nodes.ready,
    failed: input.nodes.failed,
    ...(suspended > 0 && { suspended }),
    ...(handled !== undefined && { lastHandledReconcileAt: handled }),
    conditions: nextConditions(previous?.conditions ?? [], conditionsOf(input, plans?.plan), input.generation, now),
  };
  const lastSuccess = sync.kind === "succeeded" ? sync.at : sync.kind === "failed" ? sync.lastSuccess : undefined;
  if (lastSuccess === undefined || statusPatch(previous, status) === undefined) return status;
  return {
    ...status,
    lastSuccessfulSyncTime: formatTime(lastSuccess),
    ...(sync.kind === "succeeded" && sync.wholeAt !== undefined && { lastFullSyncTime: formatTime(sync.wholeAt) }),
  };
}

function lastKnown({
  desired = 0,
  rows,
  quarantined,
  deletionHeld,
  approvedDeletion,
  plan,
  approvedPlan,
  inactive,
}: LynqHubStatus = {}): LynqHubStatus {
  return {
    desired,
    ...(rows !== undefined && { rows }),
    ...(quarantined !== undefined && { quarantined }),
    ...(deletionHeld !== undefined && { deletionHeld }),
    ...(approvedDeletion !== undefined && { approvedDeletion }),
    ...(plan !== undefined && { plan }),
    ...(approvedPlan !== undefined && { approvedPlan }),
    ...(inactive !== undefined && { inactive }),
  };
}

function found({
  desired,
  rows,
  quarantined,
  held,
  approved,
  inactive,
}: Extract<SyncOutcome, { kind: "succeeded" }>): LynqHubStatus {
  return {
    desired,
    rows: { ...rows },
    quarantined: firstRows(quarantined, LISTED_ROWS),
    ...(held !== undefined && { deletionHeld: heldDeletion(held) }),
    ...(approved !== undefined && { approvedDeletion: { digest: approved.digest, nodes: [...approved.nodes] } }),
    ...(inactive !== undefined && {
      inactive: {
        count: inactive.count,
        ...(inactive.nextDeletion !== undefined && { nextDeletionTime: formatTime(inactive.nextDeletion) }),
      },
    }),
  };
}

function heldDeletion({ count, total, digest, examples }: HeldDeletions): HeldDeletion {
  return { count, total, digest, examples: [...examples] };
}

function conditionsOf(
  { namespace, name, syncInterval, sync, previous }: HubStatusInput,
  plan: PendingPlan | undefined,
): readonly ConditionDraft[] {
  const ready = findCondition(previous?.conditions, "Ready");
  switch (sync.kind) {
    case "suspended":
      return [...(ready === undefined ? [NOT_SYNCED] : [ready]), SUSPENDED, ...kept(previous)];
    case "pending":
      return ready !== undefined
        ? (previous?.conditions ?? []).filter(({ type }) => type !== "Suspended")
        : [
            NOT_SYNCED,
            { type: "Reconciling", status: "True", reason: "NotSynced", message: "the table is about to be read" },
          ];
    case "failed": {
      const draft = { reason: sync.reason, message: quotation(sync.message, 1024) };
      return [
        { ...draft, type: "Ready", status: "False" },
        ...kept(previous),
        { ...draft, type: sync.retrying ? "Reconciling" : "Stalled", status: "True" },
      ];
    }
    case "succeeded":
      return [
        {
          type: "Ready",
          status: "True",
          reason: "DatabaseConnected",
          message: `the table was read: ${sync.rows.active} of ${sync.rows.seen} rows are active`,
        },
        heldCondition(namespace, name, sync.held),
        ...inactiveCondition(sync.inactive),
        ...(sync.overruns === true ? [overrunCondition(syncInterval)] : []),
        quarantineCondition(sync.quarantined, sync.rows.quarantined),
        ...(sync.plan === undefined ? [] : [planCondition({ kind: "LynqHub", namespace, name }, plan)]),
      ];
  }
}

/** What only a read can change. */
function kept(previous: LynqHubStatus | undefined): ConditionDraft[] {
  return ["DeletionHeld", "NodesInactive", "SyncOverrun", "RowsQuarantined", "PlanPending"].flatMap(
    type => findCondition(previous?.conditions, type) ?? [],
  );
}

/** There only while it holds. */
function overrunCondition(syncInterval: string): ConditionDraft {
  return {
    type: "SyncOverrun",
    status: "True",
    reason: "SlowerThanInterval",
    message:
      `a look at the table takes longer than syncInterval ${syncInterval}; the next one begins when it has ended: ` +
      "make the interval longer, the table's query faster, or use spec.source.changeMark",
  };
}

/** There only while it holds. */
function inactiveCondition(inactive: InactiveNodes | undefined): ConditionDraft[] {
  if (inactive === undefined) return [];
  const nodes = inactive.count === 1 ? "1 node outlives its row" : `${inactive.count} nodes outlive their rows`;
  const message = `${nodes} for the grace period (status.inactive says until when), and go on if the rows return`;
  return inactive.willBeHeld
    ? [
        {
          type: "NodesInactive",
          status: "True",
          reason: "GuardWillHold",
          message: `${message}; they are more than the deletion guard lets go, so it will hold them back when their time has come`,
        },
      ]
    : [{ type: "NodesInactive", status: "True", reason: "GracePeriod", message }];
}

function heldCondition(namespace: string, hub: string, held: HeldDeletions | undefined): ConditionDraft {
  if (held === undefined) {
    return { type: "DeletionHeld", status: "False", reason: "WithinGuard", message: "no deletion is held back" };
  }
  const examples = firstFew(held.examples, SPELLED_OUT, held.count);
  return {
    type: "DeletionHeld",
    status: "True",
    reason: "DeletionGuard",
    message:
      `${held.count} of ${held.total} nodes would be deleted: ${examples}; ` +
      `if they are to go, run: kubectl annotate --overwrite -n ${namespace} lynqhub ${hub} ${ANNOTATION_APPROVE_DELETION}=${held.digest}`,
  };
}

function quarantineCondition(quarantined: readonly QuarantinedRow[], count: number): ConditionDraft {
  if (count === 0) {
    return { type: "RowsQuarantined", status: "False", reason: "AllRowsValid", message: "every active row is valid" };
  }
  const rows = firstRows(quarantined, SPELLED_OUT).map(({ uid, reason }) => `row ${JSON.stringify(uid)}: ${reason}`);
  return {
    type: "RowsQuarantined",
    status: "True",
    reason: "InvalidRows",
    message: firstFew(rows, SPELLED_OUT, count),
  };
}

/** By uid, as the database gives rows in any order, and status must not change with it. */
function firstRows(rows: readonly QuarantinedRow[], count: number): QuarantinedRow[] {
  return [...rows]
    .sort((a, b) => compare(a.uid, b.uid) || compare(a.reason, b.reason))
    .slice(0, count)
    .map(({ uid, reason }) => ({ uid: quotation(uid, 253), reason: quotation(reason, 512) }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
