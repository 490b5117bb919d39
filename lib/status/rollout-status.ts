import { type RolloutPhase, type RolloutStatus } from "../../crds";
import { formatTime } from "./condition";

/** Nodes of a form, counted. */
export interface FormNodeCounts {
  readonly total: number;
  readonly ready: number;
  readonly failed: number;
  /** Have the newest revision. */
  readonly updated: number;
  /** Have the newest revision, and were seen ready after it was written. */
  readonly readyUpdated: number;
}

export interface RolloutInput {
  /** Generation of the form that is being rolled out. */
  readonly target: number;
  readonly nodes: FormNodeCounts;
  /** When a node last got the newest revision, or its Ready last changed after that: no progress since then. */
  readonly lastProgress: Date | undefined;
  readonly progressDeadlineSeconds: number;
  /** Why no further node is updated for now, if somebody wants it so. */
  readonly paused?: string;
  readonly previous: RolloutStatus | undefined;
}

/**
 * How far the newest content has spread. A rollout that is complete stays so while every node has its content: new rows, and nodes that fall back, do
 * not start it anew.
 */
export function rolloutStatus(input: RolloutInput, now: Date): RolloutStatus {
  const { nodes, target } = input;
  const previous = isSameRollout(input) ? input.previous : undefined;
  const startTime = previous?.startTime ?? formatTime(now);
  const phase = phaseOf(input, previous, startTime, now);
  return {
    phase,
    targetGeneration: target,
    totalNodes: nodes.total,
    updatedNodes: nodes.updated,
    updatingNodes: nodes.updated - nodes.readyUpdated,
    readyUpdatedNodes: nodes.readyUpdated,
    ...(phase !== "Idle" && { startTime }),
    ...(phase === "Complete" && { completionTime: previous?.completionTime ?? formatTime(now) }),
    message: describe(phase, input),
  };
}

/** When the phase becomes Failed if nothing moves until then; undefined when no deadline runs. */
export function progressDeadline(input: RolloutInput, status: RolloutStatus): Date | undefined {
  if (status.phase !== "InProgress" || input.paused !== undefined || status.startTime === undefined) return undefined;
  return deadlineOf(input, status.startTime);
}

/** Without nodes nothing has begun, and no deadline runs. */
function isSameRollout({ previous, target }: RolloutInput): boolean {
  return previous?.targetGeneration === target && previous.phase !== "Idle";
}

function phaseOf(input: RolloutInput, previous: RolloutStatus | undefined, startTime: string, now: Date): RolloutPhase {
  const { total, updated, readyUpdated } = input.nodes;
  if (total === 0) return "Idle";
  if (readyUpdated === total || (previous?.phase === "Complete" && updated === total)) return "Complete";
  if (input.paused !== undefined) return "InProgress";
  return now >= deadlineOf(input, startTime) ? "Failed" : "InProgress";
}

function deadlineOf({ lastProgress, progressDeadlineSeconds }: RolloutInput, startTime: string): Date {
  const since = Math.max(Date.parse(startTime), lastProgress?.getTime() ?? 0);
  return new Date(since + progressDeadlineSeconds * 1000);
}

function describe(phase: RolloutPhase, { nodes, paused, progressDeadlineSeconds }: RolloutInput): string {
  const { total, updated, readyUpdated, failed } = nodes;
  const counts = `${updated} of ${total} nodes are updated, ${readyUpdated} of them are ready`;
  const failures = failed > 0 ? `; ${failed} failed` : "";
  switch (phase) {
    case "Idle":
      return "the form has no nodes";
    case "Complete":
      return `all ${total} nodes are updated`;
    case "Failed":
      return `no progress for ${progressDeadlineSeconds} seconds: ${counts}${failures}`;
    case "InProgress":
      return paused === undefined ? `${counts}${failures}` : `paused (${paused}): ${counts}${failures}`;
  }
}
