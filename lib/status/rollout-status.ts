import { type RolloutStatus } from "../../crds";
import { type CohortFault } from "../blueprint/cohort";
import { type RolloutProgress } from "../plan/rollout";
import { quotation } from "../readiness/quotation";
import { firstFew } from "./outcome";

export interface RolloutInput {
  readonly namespace: string;
  readonly name: string;
  readonly progress: RolloutProgress;
  /** A row for which a step's `when` cannot be decided. */
  readonly fault: CohortFault | undefined;
}

/** Failed nodes that the message names. */
const SPELLED_OUT = 5;

/** A rollout's progress, with the state in words. */
export function rolloutStatus(input: RolloutInput): RolloutStatus {
  const { status } = input.progress;
  return { ...status, message: [describe(input), ...faultOf(input)].join("; ") };
}

function describe({ namespace, name, progress }: RolloutInput): string {
  const { status, failureLimit, failed, pauseEnds, withheld } = progress;
  const { totalNodes: total = 0, failedNodes = 0, approval } = status;
  const command = (verb: string) => `lynq rollout ${verb} -n ${namespace} ${name}`;
  const failures = failedNodes > 0 ? `; ${failedNodes} failed: ${firstFew(failed, SPELLED_OUT)}` : "";
  const counts = `${countsOf(status)}${failures}`;
  const step = stepOf(progress);
  switch (status.phase) {
    case "Idle":
      return "the form has no nodes";
    case "Complete":
      // What falls back later is not the rollout's.
      return failedNodes > 0 && failedNodes <= failureLimit && Number.isFinite(failureLimit)
        ? `all ${total} nodes are updated${failures}, within the failure budget of ${failureLimit}`
        : `all ${total} nodes are updated`;
    case "Failed":
      return `no progress for ${progress.progressDeadlineSeconds} seconds: ${step}${counts}`;
    case "Held":
      return (
        `held: ${step}${counts}; the failure budget is ${failureLimit}. ` +
        `It goes on by itself when these nodes work: repair their rows, change the form, or run ${command("undo")}`
      );
    case "Paused":
      if (progress.suspended) return `the form is suspended: ${step}${counts}`;
      if (status.paused === true) return `paused by spec.rollout.paused: ${step}${counts}`;
      if (approval !== undefined) return `${step}its nodes are done, approve with ${command("resume")}: ${counts}`;
      if (pauseEnds !== undefined) return `${step}its nodes are done, goes on at ${timeOf(pauseEnds)}: ${counts}`;
      return `${step}${withheld} nodes wait for the approval of the form's plan: ${counts}`;
    case "InProgress":
      return `${step}${counts}`;
  }
}

function countsOf({ totalNodes = 0, updatedNodes = 0, readyUpdatedNodes = 0 }: RolloutProgress["status"]): string {
  return `${updatedNodes} of ${totalNodes} nodes are updated, ${readyUpdatedNodes} of them are ready`;
}

function stepOf({ status: { step, stepName = "" }, steps }: RolloutProgress): string {
  if (step === undefined) return "";
  return step > steps ? "after the last step, " : `step ${step} of ${steps} (${quotation(stepName, 63)}), `;
}

function faultOf({ fault }: RolloutInput): string[] {
  if (fault === undefined) return [];
  return [`row ${JSON.stringify(fault.uid)} belongs to no step: ${quotation(fault.message, 300)}`];
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
