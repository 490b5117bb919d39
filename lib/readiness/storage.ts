import { type KubernetesObject } from "../blueprint/object";
import { textAt } from "./field";
import { failed, inProgress, type Readiness, type ReadinessFacts, type ReadinessRules, ready } from "./readiness";

export const storageRules: ReadinessRules = { PersistentVolumeClaim: claim, PersistentVolume: volume };

/**
 * With WaitForFirstConsumer nothing binds before a pod uses the claim, so a pending claim must not hold up the workload that depends on it.
 */
function claim(object: KubernetesObject, { waitForFirstConsumer = false }: ReadinessFacts): Readiness {
  switch (textAt(object, "status", "phase")) {
    case "Bound":
      return ready("is bound");
    case "Lost":
      return failed("has lost its volume");
    default:
      return waitForFirstConsumer
        ? ready("binds when a pod uses it")
        : inProgress("is pending: no volume is bound to it yet");
  }
}

function volume(object: KubernetesObject): Readiness {
  const phase = textAt(object, "status", "phase");
  switch (phase) {
    case "Available":
    case "Bound":
    case "Released":
      return ready(`is ${phase.toLowerCase()}`);
    case "Failed":
      return failed(textAt(object, "status", "message") ?? "its reclamation has failed");
    default:
      return inProgress("is pending");
  }
}
