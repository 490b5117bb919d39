import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { listAt, textAt } from "./field";
import { conditionOf, explain } from "./live-condition";
import { failed, inProgress, type Readiness, type ReadinessRules, ready } from "./readiness";

export const podRules: ReadinessRules = { Pod: pod };

/**
 * A pod that cannot be scheduled is not given up, as a cluster autoscaler may make room; the resource's timeout decides.
 */
function pod(object: KubernetesObject): Readiness {
  switch (textAt(object, "status", "phase")) {
    case "Succeeded":
      return ready("has completed");
    case "Failed":
      return failed(textAt(object, "status", "message") ?? "has ended with a failure");
    case "Running":
      return runningPod(object);
    default: {
      const scheduled = conditionOf(object, "PodScheduled");
      return inProgress(scheduled?.status === "False" ? explain(scheduled, "is not scheduled") : "has not started yet");
    }
  }
}

function runningPod(object: KubernetesObject): Readiness {
  const condition = conditionOf(object, "Ready");
  if (condition?.status === "True") return ready("is ready");
  const crashing = listAt(object, "status", "containerStatuses").flatMap(status =>
    isPlainObject(status) && isCrashLooping(status) && typeof status["name"] === "string" ? [status["name"]] : [],
  );
  if (crashing.length > 0) {
    return failed(`keeps crashing: ${crashing.join(", ")}`);
  }
  return inProgress(
    condition === undefined ? "is running but not ready" : explain(condition, "is running but not ready"),
  );
}

function isCrashLooping(status: Record<string, unknown>): boolean {
  const { state } = status;
  const waiting = isPlainObject(state) ? state["waiting"] : undefined;
  return isPlainObject(waiting) && waiting["reason"] === "CrashLoopBackOff";
}
