import { type LynqNodeStatus } from "../../crds";
import { quotation } from "../readiness/quotation";
import { outcomeName, type ResourceOutcome } from "./outcome";
import { MAXIMUM_NOTE, type StatusEvent } from "./status-event";

export interface EventFacts {
  /** Objects that this pass created or changed because their content changed; repairs of drift do not count. */
  readonly written?: number;
  /** The status before this pass, to compare with when the outcomes before it are not known, as after a restart. */
  readonly reported?: LynqNodeStatus;
}

/** A resource that goes on although one that it depends on has failed. */
const PROCEEDING = "DependencyFailedButProceeding";
/** Shared by all nodes that are well. */
const NONE: readonly ResourceOutcome[] = [];

/**
 * What is worth telling about a node: one event for each resource whose situation is a new problem, and one when the node as a whole arrives
 * somewhere. Nothing when nothing changed, however often it is called.
 *
 * @param previous outcomes of the pass before, or {@link worthKnowing} of them; undefined when they are not known
 */
export function eventsFor(
  previous: readonly ResourceOutcome[] | undefined,
  outcomes: readonly ResourceOutcome[],
  { written = 0, reported }: EventFacts = {},
): StatusEvent[] {
  if (previous === undefined && reported !== undefined && isReported(outcomes, reported) && written === 0) return [];
  const known = new Map(previous?.map(outcome => [outcome.id, situation(outcome)]));
  const problems = outcomes
    .filter(outcome => isProblem(outcome) && known.get(outcome.id) !== situation(outcome))
    .map((outcome): StatusEvent => ({ type: "Warning", reason: eventReason(outcome), message: eventMessage(outcome) }));
  return [...problems, ...arrivals(previous, outcomes, written)];
}

/** What {@link eventsFor} has to know of these outcomes the next time: nothing of a resource that is well. */
export function worthKnowing(outcomes: readonly ResourceOutcome[]): readonly ResourceOutcome[] {
  return outcomes.every(isWell) ? NONE : outcomes.filter(outcome => !isWell(outcome));
}

function isWell(outcome: ResourceOutcome): boolean {
  return (outcome.state === "Ready" || outcome.state === "Excluded") && !isProblem(outcome);
}

/**
 * What makes two problems of a resource the same. A message may count pods or tries; it is part of the situation only where
 * it names what is wrong: the other manager and the fields, or the template's error.
 */
function situation({ state, reason, namespace, name, message }: ResourceOutcome): string {
  const speaks = state === "Conflicted" || reason === "TemplateRenderError";
  return JSON.stringify([state, reason, namespace, name, speaks ? message : ""]);
}

function isProblem({ state, reason }: ResourceOutcome): boolean {
  return state === "Failed" || state === "Conflicted" || state === "Skipped" || reason === PROCEEDING;
}

function eventReason({ state, reason }: ResourceOutcome): string {
  switch (state) {
    case "Conflicted":
      return "ResourceConflict";
    case "Skipped":
      return "DependencySkipped";
    default:
      return reason;
  }
}

function eventMessage(outcome: ResourceOutcome): string {
  // A conflict's message is the articles' sentence, which names the object itself.
  const message = outcome.state === "Conflicted" ? outcome.message : `${outcomeName(outcome)}: ${outcome.message}`;
  return quotation(message, MAXIMUM_NOTE);
}

/** Begun, arrived, or come to rest with something missing. */
function arrivals(
  previous: readonly ResourceOutcome[] | undefined,
  outcomes: readonly ResourceOutcome[],
  written: number,
): StatusEvent[] {
  const rest = restOf(outcomes);
  const restBefore = previous === undefined ? undefined : restOf(previous);
  const desired = outcomes.filter(outcome => outcome.state !== "Excluded").length;
  const ready = outcomes.filter(outcome => outcome.state === "Ready").length;
  if (rest === restBefore && written === 0) return [];
  switch (rest) {
    case "moving":
      return written === 0 || restBefore === "moving"
        ? []
        : [{ type: "Normal", reason: "TemplateResourcesApplying", message: `applying ${desired} resources` }];
    case "ready":
      return [
        { type: "Normal", reason: "TemplateAppliedSuccess", message: `${ready} of ${desired} resources are ready` },
      ];
    case "partial":
      return [
        { type: "Warning", reason: "TemplateAppliedPartial", message: `${ready} of ${desired} resources are ready` },
      ];
  }
}

function restOf(outcomes: readonly ResourceOutcome[]): "moving" | "ready" | "partial" {
  const wanted = outcomes.filter(outcome => outcome.state !== "Excluded");
  if (wanted.every(outcome => outcome.state === "Ready")) return "ready";
  const moves = ({ state, retrying }: ResourceOutcome) =>
    state === "Progressing" || state === "Blocked" || state === "Deleting" || retrying === true;
  return wanted.some(moves) ? "moving" : "partial";
}

/** Whether the status already says how many resources are in which trouble. */
function isReported(outcomes: readonly ResourceOutcome[], status: LynqNodeStatus): boolean {
  const count = (...states: readonly string[]) => outcomes.filter(outcome => states.includes(outcome.state)).length;
  return (
    status.readyResources === count("Ready") &&
    status.failedResources === count("Failed", "Conflicted") &&
    status.conflictedResources === count("Conflicted") &&
    status.skippedResources === count("Skipped")
  );
}
