import { type NodeIdentity } from "../../blueprint/node-identity";
import { type Removal, type Unwanted } from "../../plan/prune";
import { RetryHistory } from "../../plan/retry-history";
import { type ResourceOutcome } from "../../status";
import { type ObjectClient } from "./object-access";
import { type Remover, type RemovalResult } from "./removal";
import { type OrphanedReason } from "./retain";

/** A refusal may be lifted any minute; a policy or a right that stays as it is must not be asked all the time. */
const REFUSED = { firstMs: 10_000, longestMs: 300_000 };

export function refusedRemovals(): RetryHistory {
  return new RetryHistory(REFUSED);
}

export interface RemovalContext {
  readonly node: NodeIdentity;
  /** Removes for this node, as whoever that is done. */
  readonly client: ObjectClient;
  readonly reason: OrphanedReason;
  readonly refusals: RetryHistory;
}

/** What a walk came to. */
export interface RemovalReport {
  /** What is still there, and why. */
  readonly left: readonly ResourceOutcome[];
  /** What is no longer the node's: deleted, or left behind. */
  readonly gone: readonly Removal[];
  /** Left behind in this walk, marked as orphaned. */
  readonly retained: readonly Removal[];
  /** Whose deletion was asked for in this walk. */
  readonly requested: readonly Removal[];
  /** What the API server refuses to delete, when that is news. */
  readonly refused: readonly { readonly removal: Removal; readonly message: string }[];
  /** When a refused one is tried again. */
  readonly requeueAfterMs: number | undefined;
  /** Why some could not be asked about; the walk is to be made again. */
  readonly failures: readonly unknown[];
}

/**
 * Removes objects against the order of their dependencies: what others need is touched only when those others are gone. Nothing waits in here: what
 * takes time is reported, and its watch event brings the node back.
 */
export class RemovalWalk {
  constructor(
    private readonly remover: Remover,
    private readonly now: () => number,
  ) {}

  /** @param unwanted what goes first is first */
  async run(unwanted: readonly Unwanted[], context: RemovalContext): Promise<RemovalReport> {
    const report = {
      left: new Array<ResourceOutcome>(),
      gone: new Array<Removal>(),
      retained: new Array<Removal>(),
      requested: new Array<Removal>(),
      refused: new Array<{ removal: Removal; message: string }>(),
      requeueAfterMs: undefined as number | undefined,
      failures: new Array<unknown>(),
    };
    for (const wave of wavesOf(unwanted)) {
      if (report.left.length > 0 || report.failures.length > 0) {
        const message = "waits until what depends on it is gone";
        report.left.push(...wave.map(one => removalOutcome(one, "Blocked", "WaitingForDependents", message)));
        continue;
      }
      const results = await Promise.all(
        wave.map(async one => ({ one, result: await this.removeOne(one, context).catch(failure) })),
      );
      for (const { one, result } of results) {
        switch (result.state) {
          case "failed":
            report.failures.push(result.error);
            break;
          case "held":
            report.left.push(removalOutcome(one, "Blocked", "Kept", `is kept: ${result.message}`));
            break;
          case "refused": {
            report.left.push(removalOutcome(one, "Failed", "CleanupPartialFailure", result.message));
            if (result.news) report.refused.push({ removal: one, message: result.message });
            const wait = context.refusals.waitLeft(one.key, this.now());
            report.requeueAfterMs = Math.min(report.requeueAfterMs ?? wait, wait);
            break;
          }
          case "pending":
            if (result.requested) report.requested.push(one);
            report.left.push({
              ...removalOutcome(one, "Deleting", "Deleting", pendingMessage(result)),
              ...(result.since === undefined ? {} : { since: result.since }),
            });
            break;
          case "gone":
            report.gone.push(one);
            if (result.did === "retained") report.retained.push(one);
            break;
        }
      }
    }
    return report;
  }

  private async removeOne(one: Unwanted, { node, client, reason, refusals }: RemovalContext): Promise<OneResult> {
    if (one.hold !== undefined) return { state: "held", message: one.hold };
    const said = refusals.message(one.key);
    if (said !== undefined && refusals.waitLeft(one.key, this.now()) > 0) {
      return { state: "refused", message: said, news: false };
    }
    const result = await this.remover.remove(one, node, client, reason);
    if (result.state === "refused") return { ...result, news: refusals.failed(one.key, result.message, this.now()) };
    refusals.succeeded(one.key);
    return result;
  }
}

type OneResult =
  | Exclude<RemovalResult, { state: "refused" }>
  | { readonly state: "refused"; readonly message: string; readonly news: boolean }
  | { readonly state: "held"; readonly message: string }
  | { readonly state: "failed"; readonly error: unknown };

function failure(error: unknown): OneResult {
  return { state: "failed", error };
}

function wavesOf(unwanted: readonly Unwanted[]): Unwanted[][] {
  const waves: Unwanted[][] = [];
  for (const one of unwanted) {
    const last = waves.at(-1);
    if (last?.[0]?.wave === one.wave) last.push(one);
    else waves.push([one]);
  }
  return waves;
}

function pendingMessage({ finalizers }: Extract<RemovalResult, { state: "pending" }>): string {
  return finalizers.length === 0
    ? "is being deleted"
    : `is being deleted, and kept by ${finalizers.length === 1 ? "its finalizer" : "its finalizers"} ${finalizers.join(", ")}`;
}

/** What is said of an object that is to go. */
export function removalOutcome(
  { id, gvk, namespace, name, wave }: Removal,
  state: ResourceOutcome["state"],
  reason: string,
  message: string,
): ResourceOutcome {
  return { id, kind: gvk.kind, ...(namespace === undefined ? {} : { namespace }), name, wave, state, reason, message };
}

/** `ConfigMap acme-corp/settings`. */
export function removalName({ gvk, namespace, name }: Removal): string {
  return `${gvk.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
