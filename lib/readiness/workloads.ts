import { type KubernetesObject } from "../blueprint/object";
import { numberAt, textAt } from "./field";
import { conditionOf, explain } from "./live-condition";
import { failed, inProgress, type Readiness, type ReadinessRules, ready } from "./readiness";

/** Kinds of the apps group. */
export const workloadRules: ReadinessRules = {
  Deployment: onceObserved(deployment),
  StatefulSet: onceObserved(statefulSet),
  DaemonSet: onceObserved(daemonSet),
  ReplicaSet: onceObserved(replicaSet),
};

/** Their controllers always report the generation that they have seen, so without it the counts are those of an empty status. */
function onceObserved(rule: (object: KubernetesObject) => Readiness): (object: KubernetesObject) => Readiness {
  return object =>
    numberAt(object, "status", "observedGeneration") === undefined
      ? inProgress("its controller has not seen it yet")
      : rule(object);
}

function deployment(object: KubernetesObject): Readiness {
  const desired = desiredReplicas(object);
  const existing = count(object, "replicas");
  const updated = count(object, "updatedReplicas");
  const available = count(object, "availableReplicas");
  if (desired === 0) return existing === 0 ? scaledToZero() : surplus(existing);

  const progressing = conditionOf(object, "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return failed(explain(progressing, "exceeded its progress deadline"));
  }
  if (updated < desired) return waitFor(updated, desired, "up to date", object);
  if (existing > desired) return surplus(existing - desired);
  if (available < desired) return waitFor(available, desired, "available", object);
  if (count(object, "readyReplicas") < desired)
    return waitFor(count(object, "readyReplicas"), desired, "ready", object);
  const availability = conditionOf(object, "Available");
  if (availability !== undefined && availability.status !== "True") {
    return inProgress(explain(availability, "is not available"));
  }
  if (progressing?.status === "False") return inProgress(explain(progressing, "makes no progress"));
  return allOf(desired, "available");
}

/** With OnDelete the pods' updates are the user's affair; with a partition only the replicas from it upwards are updated. */
function statefulSet(object: KubernetesObject): Readiness {
  const desired = desiredReplicas(object);
  const existing = count(object, "replicas");
  const readyReplicas = count(object, "readyReplicas");
  if (existing > desired) return surplus(existing - desired);
  if (desired === 0) return scaledToZero();
  if (readyReplicas < desired) return waitFor(readyReplicas, desired, "ready", object);
  if ((numberAt(object, "spec", "minReadySeconds") ?? 0) > 0 && count(object, "availableReplicas") < desired) {
    return waitFor(count(object, "availableReplicas"), desired, "available", object);
  }
  if (textAt(object, "spec", "updateStrategy", "type") === "OnDelete") return allOf(desired, "ready");

  const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
  const toUpdate = Math.max(desired - partition, 0);
  const updated = count(object, "updatedReplicas");
  if (updated < toUpdate) return waitFor(updated, toUpdate, "up to date", object);
  return allOf(desired, "ready");
}

function daemonSet(object: KubernetesObject): Readiness {
  const desired = numberAt(object, "status", "desiredNumberScheduled");
  if (desired === undefined) return inProgress("its controller has not counted the nodes yet");
  if (desired === 0) return ready("no node is eligible");
  const scheduled = count(object, "currentNumberScheduled");
  if (scheduled < desired) return inProgress(`${scheduled} of ${desired} pods are scheduled`);
  const updated = count(object, "updatedNumberScheduled");
  if (textAt(object, "spec", "updateStrategy", "type") !== "OnDelete" && updated < desired) {
    return inProgress(`${updated} of ${desired} pods are up to date`);
  }
  const settled = Math.min(count(object, "numberReady"), count(object, "numberAvailable"));
  if (settled < desired) return inProgress(`${settled} of ${desired} pods are available`);
  return ready(desired === 1 ? "its pod is available" : `all ${desired} pods are available`);
}

function replicaSet(object: KubernetesObject): Readiness {
  const desired = desiredReplicas(object);
  const existing = count(object, "replicas");
  if (existing > desired) return surplus(existing - desired);
  if (desired === 0) return scaledToZero();
  const settled = Math.min(count(object, "readyReplicas"), count(object, "availableReplicas"));
  return settled < desired ? waitFor(settled, desired, "available", object) : allOf(desired, "available");
}

/** The API server's default is one replica. */
function desiredReplicas(object: KubernetesObject): number {
  return numberAt(object, "spec", "replicas") ?? 1;
}

/** The API leaves out counts of zero. */
function count(object: KubernetesObject, field: string): number {
  return numberAt(object, "status", field) ?? 0;
}

/** A refused pod (quota, admission) explains a missing replica better than the count does. */
function waitFor(actual: number, desired: number, what: string, object: KubernetesObject): Readiness {
  const progress = `${actual} of ${desired} replicas are ${what}`;
  const failure = conditionOf(object, "ReplicaFailure");
  return inProgress(failure?.status === "True" ? `${progress}: ${explain(failure, "pods are refused")}` : progress);
}

function surplus(replicas: number): Readiness {
  return inProgress(
    replicas === 1 ? "1 surplus replica is still there" : `${replicas} surplus replicas are still there`,
  );
}

function scaledToZero(): Readiness {
  return ready("is scaled to zero");
}

function allOf(desired: number, what: string): Readiness {
  return ready(desired === 1 ? `its replica is ${what}` : `all ${desired} replicas are ${what}`);
}
