import { LABEL_FORM, LABEL_HUB, LABEL_NODE, LABEL_NODE_NAMESPACE, LABEL_UID } from "../metadata";
import { labelValue } from "../record/label-value";
import { type NodeIdentity } from "./node-identity";

interface Named {
  metadata?: { name?: string };
}

/** Labels of a LynqForm: its hub and itself. */
export function formLabels(form: Named & { spec?: { hubId?: string } }): Record<string, string> {
  return present({ [LABEL_HUB]: form.spec?.hubId, [LABEL_FORM]: form.metadata?.name });
}

/** Labels of a LynqNode: its hub, form and row. */
export function nodeLabels(node: {
  spec?: { hubId?: string; templateRef?: string; uid?: string };
}): Record<string, string> {
  return present({ [LABEL_HUB]: node.spec?.hubId, [LABEL_FORM]: node.spec?.templateRef, [LABEL_UID]: node.spec?.uid });
}

/** Labels that say whose an object is; every applied object carries them. */
export function trackingLabels(node: NodeIdentity): Record<string, string> {
  return {
    ...present({ [LABEL_HUB]: node.hub, [LABEL_FORM]: node.form, [LABEL_UID]: node.recordUid }),
    [LABEL_NODE]: labelValue(node.name),
    [LABEL_NODE_NAMESPACE]: node.namespace,
  };
}

function present(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === undefined || value === "" ? [] : [[key, labelValue(value)]],
    ),
  );
}
