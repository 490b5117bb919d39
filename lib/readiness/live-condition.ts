import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { listAt } from "./field";
import { quotation } from "./quotation";

/** One entry of an object's status.conditions, as far as it is well-formed. */
export interface LiveCondition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number | undefined;
}

/** The first condition of the type that has a status. */
export function conditionOf(object: KubernetesObject, type: string): LiveCondition | undefined {
  const condition = listAt(object, "status", "conditions")
    .filter(isPlainObject)
    .find(candidate => candidate["type"] === type && typeof candidate["status"] === "string");
  if (condition === undefined) return undefined;
  const { status, reason, message, observedGeneration } = condition;
  return {
    status: textOrEmpty(status),
    reason: textOrEmpty(reason),
    message: textOrEmpty(message),
    observedGeneration: typeof observedGeneration === "number" ? observedGeneration : undefined,
  };
}

function textOrEmpty(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Longest quotation of somebody else's message; enough for a sentence. */
const MAXIMUM_QUOTATION = 200;

/** What the condition's owner says of it, in one bounded line, or the given text when it says nothing. */
export function explain(condition: LiveCondition, otherwise: string): string {
  const said = quotation(condition.message, MAXIMUM_QUOTATION);
  if (said !== "") return said;
  return condition.reason === "" ? otherwise : `${otherwise} (${condition.reason})`;
}
