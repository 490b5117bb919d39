import { type RolloutPhase, type RolloutSettings, rolloutSettingsDefaults, type RolloutStatus } from "../../crds";
import { contentHash } from "../blueprint/content-hash";
import { type Belongs } from "./rollout-cohorts";
import { RolloutCount } from "./rollout-count";
import { failureLimit, skewLimit } from "./rollout-limit";
import { type RolloutRow } from "./rollout-row";
import { stepName, walkSteps } from "./rollout-steps";
import { timeOf } from "./rollout-time";

/** What a form wants of its rollout, and what is on record of it. */
export interface RolloutSituation {
  readonly form: string;
  readonly generation: number;
  /** The newest revision. */
  readonly target: string;
  readonly settings: RolloutSettings | undefined;
  /** Revision that the last finished rollout brought to all nodes, if that is on record. */
  readonly stable: string | undefined;
  readonly previous: RolloutStatus | undefined;
  /** Value of the annotation that approves a step. */
  readonly approval: string | undefined;
  readonly belongs: Belongs;
  /** The form is frozen. */
  readonly suspended: boolean;
}

/** Where a rollout stands. All that must outlive a restart is in `status` and `stable`. */
export interface RolloutProgress {
  readonly status: Omit<RolloutStatus, "message">;
  /** Whether spec.rollout throttles, pauses or judges anything; otherwise nothing is told of it. */
  readonly governed: boolean;
  readonly stable: string;
  readonly steps: number;
  /** Failed nodes that are let pass. */
  readonly failureLimit: number;
  readonly progressDeadlineSeconds: number;
  /** Uids of the rows of failed nodes, sorted. */
  readonly failed: readonly string[];
  /** When the pause after the step ends, in milliseconds; undefined when no time does it. */
  readonly pauseEnds: number | undefined;
  readonly suspended: boolean;
  /** Nodes that wait for a human's yes to the form's plan. */
  readonly withheld: number;
}

export interface RolloutPlan {
  /** Uids of the rows whose nodes move to the newest revision now, in order. */
  readonly moves: readonly string[];
  /** Nodes that wait for their turn. */
  readonly waiting: number;
  readonly progress: RolloutProgress;
  /** When time alone changes something, in milliseconds. */
  readonly lookAgainAt: number | undefined;
  /** Revision that a row without a node starts with. */
  readonly revisionOfNew: (uid: string) => string;
}

/**
 * Which nodes may move to the newest revision now, and where the rollout stands.
 *
 * Decides by what the cluster says alone, so that a restart changes nothing: revisions and readiness of nodes, and the status on record.
 * A node takes one of the `maxSkew` places from the moment it moves until it is ready, has failed, or was not ready for the progress deadline; from
 * then on it counts against the failure budget. New rows take no place and wait for nothing.
 */
export function planRollout(situation: RolloutSituation, rows: readonly RolloutRow[], now: number): RolloutPlan {
  const { form, target, previous, approval, belongs } = situation;
  const settings = { ...rolloutSettingsDefaults, ...situation.settings };
  const { steps = [], failureBudget } = settings;
  const paused = settings.paused || situation.suspended;
  const deadlineMs = settings.progressDeadlineSeconds * 1000;
  const count = new RolloutCount(rows, target, deadlineMs, now);
  const stable = situation.stable ?? assumedStable(rows, target);
  const isProven = stable === target;
  const stepsHash = steps.length === 0 ? undefined : contentHash(steps);
  const before = isSameRollout(previous, target, stepsHash) ? previous : undefined;
  const startTime = before?.startTime ?? timeOf(now);

  const limit = failureLimit(failureBudget, count.updated.length, steps.length);
  const held = !isProven && count.failed.length > limit;
  const walk = walkSteps(
    { form, target, steps, rows, belongs, count, before, startTime, approval, isProven, paused, held },
    now,
  );
  const waiting = rows.filter(({ node }) => node !== undefined && node.revision !== target);
  const candidates = waiting.filter(({ uid, withheld }) => withheld !== true && walk.reached.has(uid));
  const withheld = waiting.filter(row => row.withheld === true).length;
  const stopped = held || paused || walk.pauses || (withheld > 0 && candidates.length === 0);
  // The clock runs anew where people, or the plan, had stopped the rollout.
  const hadStopped = before !== undefined && before.phase !== "InProgress" && before.phase !== "Failed";
  const stepStartTime =
    walk.hasAdvanced || (hadStopped && !stopped) ? timeOf(now) : (before?.stepStartTime ?? startTime);

  const places = Math.max(0, skewLimit(settings.maxSkew, count.total) - count.updating);
  const moves =
    held || paused
      ? []
      : candidates
          .sort((a, b) => walk.reached.rank(a.uid) - walk.reached.rank(b.uid) || (a.uid < b.uid ? -1 : 1))
          .slice(0, places)
          .map(({ uid }) => uid);

  const isDone = waiting.length === 0 && walk.isLast && !held && count.unsettled === 0;
  const deadline = count.lastProgress([startTime, stepStartTime]) + deadlineMs;
  const phase = phaseOf();
  const isOpen = phase !== "Idle" && phase !== "Complete";
  return {
    moves,
    waiting: waiting.length - moves.length,
    revisionOfNew: uid => (held || paused || !walk.reached.has(uid) ? stable : target),
    lookAgainAt: earliest(
      [...count.deadlines, walk.pauseEnds, phase === "InProgress" ? deadline : undefined].filter(
        time => time !== undefined && time > now,
      ),
    ),
    progress: {
      status: {
        phase,
        targetGeneration: situation.generation,
        targetRevision: target,
        totalNodes: count.total,
        updatedNodes: count.updated.length,
        updatingNodes: count.updated.length - count.ready - count.failed.length,
        readyUpdatedNodes: count.ready,
        failedNodes: count.failed.length,
        ...(phase !== "Idle" && { startTime }),
        ...(phase === "Complete" && { completionTime: before?.completionTime ?? timeOf(now) }),
        ...(stepsHash !== undefined && { stepsHash }),
        ...(isOpen && { stepStartTime }),
        ...(isOpen && steps.length > 0 && !isProven && stepStatus()),
        ...(settings.paused && { paused: true }),
      },
      governed: settings.maxSkew !== 0 || steps.length > 0 || settings.paused || failureBudget !== undefined,
      stable: count.total === 0 || isDone ? target : stable,
      steps: steps.length,
      failureLimit: limit,
      progressDeadlineSeconds: settings.progressDeadlineSeconds,
      failed: count.failed,
      pauseEnds: walk.pauseEnds,
      suspended: situation.suspended,
      withheld,
    },
  };

  function phaseOf(): RolloutPhase {
    if (count.total === 0) return "Idle";
    if (waiting.length === 0 && before?.phase === "Complete") return "Complete";
    // Without a budget nothing is held, but failed nodes are no success either.
    if (isDone && (count.failed.length === 0 || failureBudget !== undefined)) return "Complete";
    if (held) return "Held";
    if (stopped) return "Paused";
    return now >= deadline ? "Failed" : "InProgress";
  }

  function stepStatus(): Partial<RolloutStatus> {
    const step = steps[walk.step];
    return {
      step: walk.step + 1,
      stepName: step === undefined ? "all others" : stepName(step),
      ...(walk.doneTime !== undefined && { stepDoneTime: walk.doneTime }),
      ...(walk.wantedApproval !== undefined && { approval: walk.wantedApproval }),
    };
  }
}

/** Other content, or other steps, begin anew. Without nodes nothing has begun, and a rollout that is complete stays so whatever becomes of its steps. */
function isSameRollout(
  previous: RolloutStatus | undefined,
  target: string,
  stepsHash: string | undefined,
): previous is RolloutStatus {
  if (previous?.targetRevision !== target || previous.phase === "Idle") return false;
  return previous.phase === "Complete" || previous.stepsHash === stepsHash;
}

/** A form's first revision is stable by itself: there is no other. Where nothing is on record, it is the revision that most of the other nodes have. */
function assumedStable(rows: readonly RolloutRow[], target: string): string {
  const counts = new Map<string, number>();
  for (const { node } of rows) {
    // A node of the Go operator names no revision.
    if (node === undefined || node.revision === "" || node.revision === target) continue;
    counts.set(node.revision, (counts.get(node.revision) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1));
  return most?.[0] ?? target;
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce(
    (first, time) => (first === undefined || (time !== undefined && time < first) ? time : first),
    undefined,
  );
}
