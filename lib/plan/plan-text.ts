import { printable } from "../record/printable";
import { type LeafChange, MASK } from "./object-diff";
import { type ObjectPlan, objectTitle } from "./object-plan";

/** `.data.tier: "one" → "two"`. @param longest characters of a value that are shown */
export function leafText({ path, change, before, after }: LeafChange, longest: number): string {
  const shown = (value: unknown) => (value === MASK ? MASK : printable(JSON.stringify(value), longest));
  switch (change) {
    case "added":
      return `${path}: + ${shown(after)}`;
    case "removed":
      return `${path}: - ${shown(before)}`;
    case "changed":
      return `${path}: ${shown(before)} → ${shown(after)}`;
  }
}

/** Leaves of an object that one line names. */
const NAMED_LEAVES = 5;
const LONGEST_VALUE = 60;
const LONGEST_MESSAGE = 300;

/** One object in one line: `change Deployment acme/web (.spec.replicas: 1 → 2; restarts 1 pod)`. */
export function objectLine(object: ObjectPlan): string {
  const { action, changes = [], message, replaces, podsRestarted = 0 } = object;
  // All of a new object is new: the form says it.
  const leaves = action === "change" ? changes : [];
  const parts = [
    ...leaves.slice(0, NAMED_LEAVES).map(change => leafText(change, LONGEST_VALUE)),
    ...(leaves.length > NAMED_LEAVES ? [`and ${leaves.length - NAMED_LEAVES} more fields`] : []),
    ...(replaces === undefined ? [] : [`takes the place of ${replaces}`]),
    ...(podsRestarted === 0 ? [] : [`restarts ${podsRestarted} ${podsRestarted === 1 ? "pod" : "pods"}`]),
    ...(message === undefined ? [] : [printable(message, LONGEST_MESSAGE)]),
  ];
  return `${action} ${objectTitle(object)}${parts.length === 0 ? "" : ` (${parts.join("; ")})`}`;
}
