import { type CompiledResource } from "../../blueprint/compile";
import { type NodeIdentity } from "../../blueprint/node-identity";
import { type KubernetesObject } from "../../blueprint/object";
import { ApiError, type ApiClient, type ApiResource, findObject } from "../../cluster";
import { FIELD_MANAGER } from "../../metadata";
import { leaveIgnoredFields } from "../../plan/ignored-fields";
import { ownershipOf } from "../../plan/ownership";

/** What the API server says of an object that it is asked to take, without keeping it. */
export type DryRun =
  | { readonly state: "accepted" }
  | { readonly state: "refused"; readonly reasons: readonly DryRunReason[] }
  /** Nothing can be told, because of something that is not the form's fault, or not yet there. */
  | { readonly state: "open"; readonly why: string; readonly missingNamespace?: string };

export interface DryRunReason {
  /** Field of the object as the server writes it (`spec.template`), where it names one. */
  readonly field?: string;
  /** The server's words. */
  readonly words: string;
  /** A quota is full: another object more would be too many, not this one. */
  readonly quota: boolean;
}

/** The user has no right, as RBAC and other authorizers say it. */
const NO_RIGHT = /\bis forbidden: User ".*" cannot (?:create|patch|update|get|impersonate)/;
/** Refusals 403 that are due to what is not there yet, or on its way out. */
const NOT_YET = /error looking up service account|because it is being terminated/;
const QUOTA = /exceeded quota|failed quota/;
const NO_NAMESPACE = /^namespaces "([^"]*)" not found$/;
/** Errors 500 that are about the object: its body does not fit its kind's schema (kubernetes#84530). */
const MISFIT = /^failed to (?:create typed patch object|convert new object)/;
/** Says of no field what is wrong with it. */
const UNFINISHED = /some validation rules were not checked because the object was invalid/;
const NO_DRY_RUN = /does not support dry run/;

export interface DryRunRequest {
  readonly resource: ApiResource;
  readonly compiled: CompiledResource;
  readonly object: KubernetesObject;
  readonly node: NodeIdentity;
  readonly signal: AbortSignal;
}

/**
 * Asks the API server whether it would take the object, as the operator would write it; nothing is stored.
 *
 * @throws never: what goes wrong leaves the question open
 */
export async function dryRun(
  client: Pick<ApiClient, "get" | "apply">,
  { resource, compiled, object, node, signal }: DryRunRequest,
): Promise<DryRun> {
  const { namespace, name = "" } = object.metadata;
  const options = {
    fieldManager: FIELD_MANAGER,
    force: true,
    dryRun: true,
    fieldValidation: "Strict",
    signal,
  } as const;
  const live = () => findObject(client, resource, { namespace, name }, { signal });
  try {
    const existing = compiled.ignoreFields.length > 0 ? await live() : undefined;
    const wanted =
      existing === undefined ? object : leaveIgnoredFields(object, existing, compiled.ignoreFields, "apply");
    await client.apply(resource, wanted, options);
    return { state: "accepted" };
  } catch (error) {
    if (signal.aborted) return { state: "open", why: "there was no time left" };
    if (!(error instanceof ApiError))
      return { state: "open", why: error instanceof Error ? error.message : String(error) };
    const answer = readRefusal(error);
    if (answer.state !== "refused") return answer;
    try {
      const existing = await live();
      // What is not ours the operator would not write over; whether it may is another question.
      const foreign = existing !== undefined && !["ours", "orphan"].includes(ownershipOf(existing, node).kind);
      if (!foreign) return answer;
      const whose = `${object.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
      return { state: "open", why: `${whose} exists and is not Lynq's` };
    } catch {
      return answer;
    }
  }
}

/** Whether a refusal is about the object, or about something else. */
export function readRefusal(error: ApiError): DryRun {
  const { status, serverMessage } = error;
  const open = (why: string): DryRun => ({ state: "open", why });
  const refused = (): DryRun => ({ state: "refused", reasons: reasonsOf(error) });
  if (status === 500 && MISFIT.test(serverMessage)) return refused();
  if (status === 404) {
    const missing = NO_NAMESPACE.exec(serverMessage)?.[1];
    return missing === undefined
      ? open(serverMessage)
      : { state: "open", why: `namespace ${missing} does not exist yet`, missingNamespace: missing };
  }
  if (status === 403) {
    if (NO_RIGHT.test(serverMessage)) return open(`the right to try it is missing: ${serverMessage}`);
    return NOT_YET.test(serverMessage) ? open(serverMessage) : refused();
  }
  if (status === 400) return NO_DRY_RUN.test(serverMessage) ? open(serverMessage) : refused();
  // Webhooks answer with any code of their own.
  const denied = status >= 400 && status < 500 && /denied (?:the )?request/.test(serverMessage);
  return status === 422 || denied ? refused() : open(serverMessage);
}

function reasonsOf({ serverMessage, causes, reason }: ApiError): DryRunReason[] {
  const quota = QUOTA.test(serverMessage);
  const fields =
    reason === "Invalid"
      ? causes.filter(({ field, message }) => field !== "" && message !== "" && !UNFINISHED.test(message))
      : [];
  if (fields.length === 0 || /denied request/.test(serverMessage)) return [{ words: serverMessage, quota }];
  return fields.map(({ field, message }) => ({
    ...(field.startsWith("metadata.") || field === "<nil>" ? {} : { field }),
    words: field === "<nil>" ? message : field.startsWith("metadata.") ? `${field}: ${message}` : message,
    quota,
  }));
}
