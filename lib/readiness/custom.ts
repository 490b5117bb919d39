import { type KubernetesObject } from "../blueprint/object";
import { conditionOf, explain } from "./live-condition";
import { inProgress, type Readiness, ready } from "./readiness";

/** Every kind without a rule of its own: its Ready condition decides, and a kind that has none is ready once it exists. */
export function customReadiness(object: KubernetesObject): Readiness {
  const condition = conditionOf(object, "Ready");
  if (condition === undefined) return ready("exists");
  const { generation } = object.metadata;
  // Some kinds track the generation in each condition instead of in status.observedGeneration.
  if (
    generation !== undefined &&
    condition.observedGeneration !== undefined &&
    condition.observedGeneration < generation
  ) {
    return inProgress("its controller has not seen the latest change yet");
  }
  return condition.status === "True" ? ready("is ready") : inProgress(explain(condition, "is not ready"));
}
