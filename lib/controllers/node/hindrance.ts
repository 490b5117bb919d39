import { type InventoryEntry } from "../../plan/inventory";
import { type WriteDecision } from "../../plan/write-decision";
import { type ResourceOutcome } from "../../status";

/** What the dependencies forbid. An object that is there as it should be needs no leave; one that only has to be put right needs none either. */
export function hinderedBy(
  skipOnFailure: boolean,
  decision: WriteDecision,
  entry: InventoryEntry | undefined,
  hash: string,
  dependencies: readonly ResourceOutcome[],
): Pick<ResourceOutcome, "state" | "reason" | "message"> | "proceed" | undefined {
  if (decision.action === "skip" || decision.action === "wait" || entry?.hash === hash) return undefined;
  const broken = dependencies.find(({ state }) => state === "Failed" || state === "Conflicted" || state === "Skipped");
  if (broken !== undefined) {
    return skipOnFailure
      ? { state: "Skipped", reason: "DependencySkipped", message: `skipped because ${broken.id} ${verb(broken)}` }
      : "proceed";
  }
  const waiting = dependencies.find(({ state }) => state !== "Ready" && state !== "Excluded");
  return waiting === undefined
    ? undefined
    : { state: "Blocked", reason: "WaitingForDependency", message: `waits for ${waiting.id}: ${waiting.message}` };
}

function verb(outcome: ResourceOutcome): string {
  if (outcome.state === "Conflicted") return "is in conflict";
  return outcome.state === "Skipped" ? "is skipped" : "has failed";
}
