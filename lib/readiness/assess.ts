import { type KubernetesObject, parseGroupVersionKind } from "../blueprint/object";
import { autoscalingRules } from "./autoscaling";
import { customReadiness } from "./custom";
import { extensionRules, aggregationRules } from "./extensions";
import { numberAt } from "./field";
import { jobRules } from "./jobs";
import { conditionOf, explain } from "./live-condition";
import { namespaceRules } from "./namespaces";
import { ingressRules, serviceRules } from "./networking";
import { podRules } from "./pods";
import { failed, inProgress, type Readiness, type ReadinessFacts, type ReadinessRules, terminating } from "./readiness";
import { type ReadyWhen } from "./ready-when";
import { storageRules } from "./storage";
import { workloadRules } from "./workloads";

/** By API group: `Deployment` of another group than apps is somebody's custom kind. */
const RULES: Readonly<Record<string, ReadinessRules>> = {
  "": { ...podRules, ...serviceRules, ...storageRules, ...namespaceRules },
  apps: workloadRules,
  batch: jobRules,
  autoscaling: autoscalingRules,
  "networking.k8s.io": ingressRules,
  "apiextensions.k8s.io": extensionRules,
  "apiregistration.k8s.io": aggregationRules,
};

/**
 * Whether a live object has reached what its spec asks for. Follows kstatus (sigs.k8s.io/cli-utils, pkg/kstatus), except where that lets a
 * dependent start too early: jobs count when they are complete, load balancers when they have an address, and failed pods have failed.
 *
 * @param own the form's own word, instead of the rule for the kind
 */
export function assessReadiness(
  object: KubernetesObject,
  facts: ReadinessFacts = {},
  own?: Pick<ReadyWhen, "assess">,
): Readiness {
  if (object.metadata.deletionTimestamp !== undefined) return terminating(describeDeletion(object));
  const outdated = awaitObservation(object);
  if (outdated !== undefined) return outdated;
  return own?.assess(object) ?? standardConditions(object) ?? ruleFor(object)(object, facts);
}

function ruleFor({
  apiVersion,
  kind,
}: KubernetesObject): (object: KubernetesObject, facts: ReadinessFacts) => Readiness {
  const { group } = parseGroupVersionKind(apiVersion, kind);
  const rules = Object.hasOwn(RULES, group) ? RULES[group] : undefined;
  return (rules !== undefined && Object.hasOwn(rules, kind) ? rules[kind] : undefined) ?? customReadiness;
}

function describeDeletion({ metadata }: KubernetesObject): string {
  const finalizers = metadata.finalizers ?? [];
  return finalizers.length === 0 ? "is being deleted" : `is being deleted; waits for ${finalizers.join(", ")}`;
}

/** A status of an older generation says nothing about the spec of now. */
function awaitObservation(object: KubernetesObject): Readiness | undefined {
  const { generation } = object.metadata;
  const observed = numberAt(object, "status", "observedGeneration");
  if (generation === undefined || observed === undefined || observed === generation) return undefined;
  return inProgress("its controller has not seen the latest change yet");
}

/** The conditions that kstatus defines for every kind; True means trouble. */
function standardConditions(object: KubernetesObject): Readiness | undefined {
  const stalled = conditionOf(object, "Stalled");
  if (stalled?.status === "True") return failed(explain(stalled, "its controller makes no progress"));
  const reconciling = conditionOf(object, "Reconciling");
  if (reconciling?.status === "True") return inProgress(explain(reconciling, "its controller is working on it"));
  return undefined;
}
