import { type LynqNodeStatus } from "../../crds";
import { findCondition, isTrue } from "./condition";

/** How a node counts in the status of its hub and its form. */
export type NodeHealth = "Ready" | "Progressing" | "Failed";

/** A status of an older generation says nothing about the node of now, so a fixed row is not failed until it fails again. */
export function nodeHealth(generation: number | undefined, status: LynqNodeStatus | undefined): NodeHealth {
  if (status === undefined || status.observedGeneration !== generation) return "Progressing";
  if (isTrue(status.conditions, "Ready")) return "Ready";
  const degraded = findCondition(status.conditions, "Degraded");
  return degraded?.status === "True" && degraded.reason !== "ResourcesNotReady" ? "Failed" : "Progressing";
}
