import { LABEL_NODE, LABEL_NODE_NAMESPACE, LABEL_WORKLOAD, RESERVED_PREFIX } from "../metadata";
import { labelValue } from "../record/label-value";
import { isPlainObject, type KubernetesObject } from "./object";

const WORKLOADS: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]);

/**
 * Gives a workload without `spec.selector` one made of its tracking labels, and its pods the matching labels.
 * The labels follow the object's name and not the resource's id: selectors are immutable, ids may be renamed.
 */
export function inferSelector(object: KubernetesObject): KubernetesObject {
  const spec = object["spec"];
  if (!object.apiVersion.startsWith("apps/") || !WORKLOADS.has(object.kind)) return object;
  if (!isPlainObject(spec) || spec["selector"] !== undefined) return object;
  const labels = object.metadata.labels ?? {};
  const matchLabels = {
    [LABEL_NODE]: labels[LABEL_NODE],
    [LABEL_NODE_NAMESPACE]: labels[LABEL_NODE_NAMESPACE],
    [LABEL_WORKLOAD]: labelValue(object.metadata.name ?? ""),
  };
  // All of them, so that a Service can select `lynq.sh/uid`; none of them ever changes, so no change of a row restarts a pod.
  const tracking = Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith(RESERVED_PREFIX)));
  const template = isPlainObject(spec["template"]) ? spec["template"] : {};
  const metadata = isPlainObject(template["metadata"]) ? template["metadata"] : {};
  const podLabels = isPlainObject(metadata["labels"]) ? metadata["labels"] : {};
  return {
    ...object,
    spec: {
      ...spec,
      selector: { matchLabels },
      template: { ...template, metadata: { ...metadata, labels: { ...podLabels, ...tracking, ...matchLabels } } },
    },
  };
}
