import { type Condition, type ConditionStatus } from "../../crds";
import { quotation } from "../readiness/quotation";

/** What a pass says of one aspect; when it last changed is added by {@link nextConditions}. */
export interface ConditionDraft {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
}

/** Fits the API's limit with room to spare. */
const MAXIMUM_MESSAGE = 16_384;

/** The conditions of this pass. A condition whose status is the same as before keeps its transition time. */
export function nextConditions(
  previous: readonly Condition[],
  drafts: readonly ConditionDraft[],
  generation: number,
  now: Date,
): Condition[] {
  return drafts.map(({ type, status, reason, message }) => {
    const before = findCondition(previous, type);
    return {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : formatTime(now),
      reason,
      message: quotation(message, MAXIMUM_MESSAGE),
    };
  });
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find(condition => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === "True";
}

/** As Kubernetes writes times: UTC, to the second. */
export function formatTime(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, "Z");
}
