import { type KubernetesObject } from "../blueprint/object";
import { conditionOf, explain } from "./live-condition";
import { failed, inProgress, type Readiness, type ReadinessRules, ready } from "./readiness";

export const extensionRules: ReadinessRules = { CustomResourceDefinition: customResourceDefinition };
export const aggregationRules: ReadinessRules = { APIService: apiService };

function customResourceDefinition(object: KubernetesObject): Readiness {
  const names = conditionOf(object, "NamesAccepted");
  if (names?.status === "False") return failed(explain(names, "its names are taken"));
  const established = conditionOf(object, "Established");
  if (established?.status === "True") return ready("is established");
  if (established?.status === "False" && established.reason !== "Installing") {
    return failed(explain(established, "cannot be established"));
  }
  return inProgress("is being installed");
}

function apiService(object: KubernetesObject): Readiness {
  const available = conditionOf(object, "Available");
  if (available?.status === "True") return ready("is available");
  return inProgress(available === undefined ? "is not available yet" : explain(available, "is not available"));
}
