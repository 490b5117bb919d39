import { type LynqFormSpec, type LynqHubSpec, resourceListNames } from "../../../crds";
import { byResource } from "../../blueprint/admission/by-resource";
import { type CheckResult, type Finding, Findings } from "../../blueprint/admission/findings";
import { ratchet } from "../../blueprint/admission/ratchet";
import { objectRules } from "../../blueprint/admission/rules";
import { listResources } from "../../blueprint/compile";
import { type KnownRow } from "../../blueprint/validation/trial-record";
import { type ApiClient } from "../../cluster";
import { type TemplateCache } from "../../template";
import { knownRows } from "../known-rows";
import { type ObjectReview } from "./object-review";
import { messageOf, type Reviewed } from "./review";

export interface FormObjectsRequest {
  readonly form: Reviewed<LynqFormSpec>;
  readonly hub: LynqHubSpec | undefined;
  readonly previous: LynqFormSpec | undefined;
  /** What was found without the cluster. */
  readonly found: CheckResult;
  readonly rows: RowsRead;
  readonly templates?: TemplateCache;
  /** Aborts when the answer is due. */
  readonly signal: AbortSignal;
}

/** Rows that the form's hub has read, or why they are not known. */
export type RowsRead = readonly KnownRow[] | { readonly unread: string };

const ROWS_MS = 2000;
const RENDER_MS = 1500;
/** What is stored is tried again only where the new version has faults. */
const RENDER_STORED_MS = 750;

/** Needs nothing but the form, so that it can be asked while its hub is read. @throws never */
export async function readRows(form: Reviewed<LynqFormSpec>, client: ApiClient): Promise<RowsRead> {
  try {
    return await knownRows(client, { ...placeOf(form), hubId: form.spec.hubId }, AbortSignal.timeout(ROWS_MS));
  } catch (error) {
    return { unread: messageOf(error) };
  }
}

/** What the objects of a form are like, for a webhook. @throws never: a check that cannot be made is a warning that says so */
export async function reviewFormObjects(
  { form, hub, previous, found, rows: read, templates, signal }: FormObjectsRequest,
  objects: ObjectReview,
): Promise<CheckResult> {
  const unread = new Findings();
  // Without a hub there is nothing that rows would mean.
  if (hub !== undefined && "unread" in read) unread.report(objectRules.rowsUnread, "spec.hubId", { why: read.unread });
  const rows = hub === undefined || "unread" in read ? [] : read;
  const { spec } = form;
  const common = { hub, rows, dryRun: "all", templates, signal } as const;
  const wanted = { ...common, form: { ...placeOf(form), spec }, previous, found, renderMs: RENDER_MS };
  const after = await objects.review(wanted);
  const stored = storedVersions(spec, after.errors, previous);
  if (stored === undefined || signal.aborted) return { ...after, warnings: [...unread.warnings, ...after.warnings] };

  // Rows come and policies change after a form is stored: whoever changes something else in the resource is not stopped by that.
  const kept = {
    ...common,
    form: { ...placeOf(form), spec: stored },
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
  const found = byResource(errors);
  const faulty = listResources(spec).filter(({ path }) => found.has(path));
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

function placeOf({ metadata }: Reviewed<LynqFormSpec>): { readonly namespace: string; readonly name: string } {
  return { namespace: metadata?.namespace ?? "default", name: metadata?.name ?? "" };
}
