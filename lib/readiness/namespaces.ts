import { type KubernetesObject } from "../blueprint/object";
import { textAt } from "./field";
import { inProgress, type Readiness, type ReadinessRules, ready, terminating } from "./readiness";

export const namespaceRules: ReadinessRules = { Namespace: namespace };

function namespace(object: KubernetesObject): Readiness {
  switch (textAt(object, "status", "phase")) {
    case "Active":
      return ready("is active");
    case "Terminating":
      return terminating("is being deleted");
    default:
      return inProgress("is not active yet");
  }
}
