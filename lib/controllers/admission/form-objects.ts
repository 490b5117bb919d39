import { type LynqFormSpec, type LynqHubSpec } from "../../../crds";
import { type CheckResult, Findings } from "../../blueprint/admission/findings";
import { objectRules } from "../../blueprint/admission/rules";
import { type KnownRow } from "../../blueprint/validation/trial-record";
import { type ApiClient } from "../../cluster";
import { knownRows } from "../known-rows";
import { type ObjectReview } from "../object-review";

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
  const form = { namespace, name, spec };
  const { errors, warnings } = await objects.review({
    form,
    hub,
    rows,
    previous,
    found,
    dryRun: "all",
    signal,
    renderMs: RENDER_MS,
  });
  return { errors, warnings: [...unread.warnings, ...warnings] };
}
