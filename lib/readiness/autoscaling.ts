import { type KubernetesObject } from "../blueprint/object";
import { conditionOf, explain } from "./live-condition";
import { inProgress, type Readiness, type ReadinessRules, ready } from "./readiness";

export const autoscalingRules: ReadinessRules = { HorizontalPodAutoscaler: horizontalPodAutoscaler };

/** Able to scale means that the target exists; missing metrics (ScalingActive) leave it at the replicas it has. */
function horizontalPodAutoscaler(object: KubernetesObject): Readiness {
  const able = conditionOf(object, "AbleToScale");
  if (able === undefined) return inProgress("its controller has not seen it yet");
  return able.status === "True" ? ready("is able to scale") : inProgress(explain(able, "is not able to scale"));
}
