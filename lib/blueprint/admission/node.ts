import { isDeepStrictEqual } from "node:util";
import { type LynqNodeSpec } from "../../../crds";
import { ANNOTATION_RECONCILE_AT, ANNOTATION_SUSPEND, FINALIZER_NODE, RESERVED_PREFIX } from "../../metadata";
import { fieldPath } from "../body";
import { nodeLabels } from "../tracking-labels";
import { type CheckResult, Findings } from "./findings";
import { nodeRules, none } from "./rules";

/** A LynqNode, as far as its check goes. */
export interface NodeLike {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: unknown;
  };
  readonly spec: LynqNodeSpec;
}

/** What users say to the operator on a node. */
const forUsers: ReadonlySet<string> = new Set([ANNOTATION_SUSPEND, ANNOTATION_RECONCILE_AT]);

/**
 * What somebody who is not the operator may not do to a LynqNode. It decides what the operator makes and deletes, so rows and forms are
 * the only ways to change it.
 *
 * @param old undefined for a creation
 */
export function checkNodeChange(node: NodeLike, old: NodeLike | undefined): CheckResult {
  const findings = new Findings();
  const { uid, templateRef: form, hubId: hub = "" } = old?.spec ?? node.spec;
  const row = { uid, form, hub };
  if (old === undefined) {
    findings.report(nodeRules.created, "spec", row);
    return findings;
  }
  for (const path of changedFields(node.spec, old.spec)) findings.report(nodeRules.spec, path, row);
  for (const [what, now, before] of [
    ["label", node.metadata?.labels, old.metadata?.labels],
    ["annotation", node.metadata?.annotations, old.metadata?.annotations],
  ] as const) {
    // What our own webhook puts on a node comes with anybody's update of it.
    const ours: Readonly<Record<string, string>> = what === "label" ? nodeLabels(node) : {};
    for (const key of changedKeys(now, before)) {
      if (now?.[key] !== undefined && now[key] === ours[key]) continue;
      if (!key.startsWith(RESERVED_PREFIX) || (what === "annotation" && forUsers.has(key))) continue;
      findings.report(nodeRules.key, fieldPath(`metadata.${what}s`, key), { what });
    }
  }
  const has = ({ metadata }: NodeLike) => metadata?.finalizers?.includes(FINALIZER_NODE) === true;
  if (has(old) && !has(node)) {
    const isDeleted = node.metadata?.deletionTimestamp !== undefined;
    findings.report(isDeleted ? nodeRules.finalizerForced : nodeRules.finalizer, "metadata.finalizers", none);
  }
  return findings;
}

/** Fields of the spec that differ; a row's values one by one. */
function changedFields(now: LynqNodeSpec, before: LynqNodeSpec): string[] {
  const { values, ...rest } = now;
  const { values: oldValues, ...oldRest } = before;
  return [
    ...changedKeys({ ...rest }, { ...oldRest }).map(field => fieldPath("spec", field)),
    ...changedKeys(values, oldValues).map(name => fieldPath("spec.values", name)),
  ];
}

function changedKeys(
  now: Readonly<Record<string, unknown>> = {},
  before: Readonly<Record<string, unknown>> = {},
): string[] {
  return [...new Set([...Object.keys(now), ...Object.keys(before)])]
    .filter(key => !isDeepStrictEqual(now[key], before[key]))
    .sort();
}
