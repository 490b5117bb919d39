import { type KubernetesObject } from "../blueprint/object";
import { listAt, textAt } from "./field";
import { inProgress, type Readiness, type ReadinessRules, ready } from "./readiness";

export const serviceRules: ReadinessRules = { Service: service };

/** A NetworkPolicy is in force when it exists; the conditions that some versions give it say nothing else. */
export const ingressRules: ReadinessRules = { Ingress: ingress, NetworkPolicy: () => ready("exists") };

function service(object: KubernetesObject): Readiness {
  if (textAt(object, "spec", "type") !== "LoadBalancer") return ready("exists");
  return hasAddress(object)
    ? ready("its load balancer has an address")
    : inProgress("its load balancer has no address yet");
}

/** Many controllers never report an address, so rules are enough; an Ingress of a default backend alone needs one. */
function ingress(object: KubernetesObject): Readiness {
  if (listAt(object, "spec", "rules").length > 0) return ready("has rules");
  return hasAddress(object) ? ready("has an address") : inProgress("has neither rules nor an address yet");
}

function hasAddress(object: KubernetesObject): boolean {
  return listAt(object, "status", "loadBalancer", "ingress").length > 0;
}
