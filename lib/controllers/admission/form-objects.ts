import { type LynqFormSpec, type LynqHubSpec, resourceListNames } from "../../../crds";
import { type CheckResult, type Finding, Findings } from "../../blueprint/admission/findings";
import { ratchet } from "../../blueprint/admission/ratchet";
import { objectRules } from "../../blueprint/admission/rules";
import { listResources } from "../../blueprint/compile";
import { type KnownRow } from "../../blueprint/validation/trial-record";
import { type ApiClient } from "../../cluster";
import { knownRows } from "../known-rows";
import { type ObjectReview } from "./object-review";

export interface FormObjectsRequest {
  readonly form: {
    readonly metadata?: { readonly namespace?: string; readonly name?: string };
    readonly spec: LynqFormSpec;
  };
  readonly hub: LynqHubSpec | undefined;
  readonly previous: LynqFormSpec | undefined;
  /** What was found without the cluster. */
  readonly found: CheckResult;
}

/** All of it within the webhook's own limit (`webhookTimeout` in package.json, 10 s), which would refuse without a reason. */
const ANSWER_MS = 7000;
const ROWS_MS = 2000;
const RENDER_MS = 1500;
/** What is stored is tried again only where the new version has faults. */
const RENDER_STORED_MS = 750;

/** What the objects of a form are like, for a webhook. @throws never: a check that cannot be made is a warning that says so */
export async function reviewFormObjects(
  { form: { metadata, spec }, hub, previous, found }: FormObjectsRequest,
  { client, objects }: { readonly client: ApiClient; readonly objects: ObjectReview },
): Promise<CheckResult> {
  const { namespace = "default", name = "" } = metadata ?? {};
  const signal = AbortSignal.timeout(ANSWER_MS);
  const unread = new Findings();
  let rows: KnownRow[] = [];
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ROWS_MS)]);
    if (hub !== undefined) rows = await knownRows(client, { namespace, name, hubId: spec.hubId }, limit);
  } catch (error) {
    unread.report(objectRules.rowsUnread, "spec.hubId", {
      why: error instanceof Error ? error.message : String(error),
    });
  }
  const common = { hub, rows, dryRun: "all", signal } as const;
  const wanted = { ...common, form: { namespace, name, spec }, previous, found, renderMs: RENDER_MS };
  const after = await objects.review(wanted);
  const stored = storedVersions(spec, after.errors, previous);
  if (stored === undefined || signal.aborted) return { ...after, warnings: [...unread.warnings, ...after.warnings] };

  // Rows come and policies change after a form is stored: whoever changes something else in the resource is not stopped by that.
  const kept = {
    ...common,
    form: { namespace, name, spec: stored },
    found: new Findings(),
    renderMs: RENDER_STORED_MS,
  };
  const before = await objects.review(kept);
  const judged = ratchet({ object: { spec: stored }, result: before }, { object: { spec }, result: after });
  return { errors: judged.errors, warnings: [...unread.warnings, ...judged.warnings] };
}

/** The stored form with nothing but the resources that have errors now, found by list and id; undefined when it had none of them. */
function storedVersions(
  spec: LynqFormSpec,
  errors: readonly Finding[],
  previous: LynqFormSpec | undefined,
): LynqFormSpec | undefined {
  // With another hub everything is new.
  if (previous?.hubId !== spec.hubId) return undefined;
  const faulty = listResources(spec).filter(({ path }) => errors.some(error => isWithin(error.path, path)));
  let some = false;
  const stored = { ...previous };
  for (const list of resourceListNames) {
    const ids = new Set(faulty.flatMap(one => (one.list === list ? [one.resource.id] : [])));
    const resources = (previous[list] ?? []).filter(({ id }) => ids.has(id));
    stored[list] = resources;
    some ||= resources.length > 0;
  }
  return some ? stored : undefined;
}

/** Whether a field is part of a resource, or the resource itself. */
function isWithin(field: string, resource: string): boolean {
  return field === resource || field.startsWith(`${resource}.`);
}
