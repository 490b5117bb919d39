import { isDeepStrictEqual } from "node:util";
import { type CheckResult, formatProblems } from "../../blueprint/admission";
import { type Checked, ratchet } from "../../blueprint/admission/ratchet";
import { type RequestingUser } from "../../cluster";

/** One request that an admission webhook is asked about. */
export interface Review<Spec> {
  readonly object: Reviewed<Spec>;
  /** What is stored; undefined for a creation. */
  readonly old: Reviewed<Spec> | undefined;
  /** Who sent the request. */
  readonly user: RequestingUser;
}

export interface Reviewed<Spec> {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: unknown;
  };
  readonly spec: Spec;
}

/** An answer to the API server: what refuses, and what only warns. */
export interface Verdict {
  readonly refusal: string | undefined;
  readonly warnings: string[];
}

export const PASS: Verdict = { refusal: undefined, warnings: [] };

/** Far below the webhook's own limit (`webhookTimeout` in package.json), which would refuse without a reason. */
export const LOOKUP_MS = 2000;

/** Deletions pass, and so does what leaves the spec as it is: labels, annotations, finalizers. Nothing is asked for them. */
export function isFree({ object, old }: Review<unknown>): boolean {
  if (object.metadata?.deletionTimestamp !== undefined) return true;
  return old !== undefined && isEqual(old.spec, object.spec);
}

function isEqual(left: unknown, right: unknown): boolean {
  try {
    return isDeepStrictEqual(left, right);
  } catch (error) {
    // Bodies that nest beyond the stack are refused by their own rule.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Checks the new object, and against the same surroundings the old one, so that only what is new refuses. */
export function judge<Spec>(
  { object, old }: Review<Spec>,
  check: (object: Reviewed<Spec>) => CheckResult,
): CheckResult {
  const after: Checked = { object, result: check(object) };
  if (old === undefined || after.result.errors.length === 0) return after.result;
  return ratchet({ object: old, result: check(old) }, after);
}

/** @param further findings that say nothing of the object itself, such as a check that could not be made; their warnings come first */
export function verdict(result: CheckResult, further: CheckResult = { errors: [], warnings: [] }): Verdict {
  const errors = [...result.errors, ...further.errors];
  const warnings = [...further.warnings, ...result.warnings];
  return {
    refusal: errors.length === 0 ? undefined : formatProblems(errors),
    warnings: warnings.map(({ path, message }) => `${path}: ${message}`),
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
