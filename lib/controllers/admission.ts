import { type LynqFormSpec, type LynqHubObject, type LynqHubSpec } from "../../crds";
import { checkForm, checkHub, formatProblems } from "../blueprint/admission";
import { ApiError, type ApiClient } from "../cluster";
import { HUBS, toHub } from "./kinds";

/** An answer to the API server: what refuses, and what only warns. */
export interface Verdict {
  readonly refusal: string | undefined;
  readonly warnings: string[];
}

/** Far below the webhook's own limit, which would refuse without a reason. */
const LOOKUP_MS = 2000;

interface Reviewed<Spec> {
  metadata?: { namespace?: string };
  spec: Spec;
}

/** @throws never: a check that cannot be made is a warning that says so */
export async function reviewForm(form: Reviewed<LynqFormSpec>, client: ApiClient): Promise<Verdict> {
  const namespace = form.metadata?.namespace;
  let hub: LynqHubObject | undefined;
  const warnings: string[] = [];
  try {
    hub = toHub(await client.get(HUBS, { namespace, name: form.spec.hubId }, { timeoutMs: LOOKUP_MS }));
  } catch (error) {
    if (!(error instanceof ApiError && error.isNotFound())) {
      warnings.push(`spec.hubId: the LynqHub could not be read, so variables were not checked: ${messageOf(error)}`);
    }
  }
  const result = checkForm(form, hub);
  return verdict(result, warnings);
}

export function reviewHub(hub: Reviewed<LynqHubSpec>): Verdict {
  return verdict(checkHub(hub), []);
}

function verdict(result: ReturnType<typeof checkForm>, warnings: readonly string[]): Verdict {
  return {
    refusal: result.errors.length === 0 ? undefined : formatProblems(result.errors),
    warnings: [...warnings, ...result.warnings.map(({ path, message }) => `${path}: ${message}`)],
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
