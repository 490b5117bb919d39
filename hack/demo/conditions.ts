import { isPlainObject } from "../../lib/blueprint/object";
import { mismatch } from "./mismatch";

/** What a condition should say. */
export interface ExpectedCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string | RegExp;
  readonly message?: string | RegExp;
}

/** The conditions of a status. */
export function conditionsOf(status: unknown): readonly Readonly<Record<string, unknown>>[] {
  const conditions = isPlainObject(status) ? status["conditions"] : undefined;
  return Array.isArray(conditions) ? conditions.filter(isPlainObject) : [];
}

/** Where a status differs from an expected condition, with the condition's own words; undefined when it does not. */
export function conditionMismatch(status: unknown, expected: ExpectedCondition): string | undefined {
  const found = conditionsOf(status).find(each => each["type"] === expected.type);
  const differs = mismatch(found, expected, `condition ${expected.type}`);
  return differs === undefined
    ? undefined
    : [differs, found?.["message"]].filter(each => typeof each === "string").join(": ");
}
