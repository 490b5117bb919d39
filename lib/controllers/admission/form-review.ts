import { type LynqFormSpec, type LynqHubObject } from "../../../crds";
import { type CheckResult, Findings, type FormCheck, type FormClaims, formTemplates } from "../../blueprint/admission";
import { ratchet } from "../../blueprint/admission/ratchet";
import { formRules } from "../../blueprint/admission/rules";
import { type ApiClient, ApiError } from "../../cluster";
import { HUBS, toHub } from "../kinds";
import { type OperatorSettings } from "../settings";
import { checkInTurns } from "./check-in-turns";
import { Turns } from "./turns";
import { type WebhookCluster } from "./webhook-client";
import { reviewAuthority } from "./form-authority";
import { readRows, reviewFormObjects } from "./form-objects";
import { isFree, LOOKUP_MS, messageOf, PASS, type Review, type Verdict, verdict } from "./review";

/** @throws never: a check that cannot be made is a warning that says so, or a refusal where rights are enforced */
export async function reviewForm(
  review: Review<LynqFormSpec>,
  cluster: WebhookCluster,
  settings: OperatorSettings,
): Promise<Verdict> {
  if (isFree(review)) return PASS;
  const [authority, { found, objects, unchecked }] = await Promise.all([
    reviewAuthority(review, { ...cluster, settings }),
    checkAndTry(review, cluster),
  ]);
  const further = [unchecked, authority];
  // Nobody learns what the API server says of objects that are none of theirs.
  if (authority.errors.length === 0) further.push(objects);
  return verdict(found, {
    errors: further.flatMap(({ errors }) => errors),
    warnings: further.flatMap(({ warnings }) => warnings),
  });
}

/** Pepr takes 2 MiB for the form, the one that is stored, and what is said about the request. */
const MOST_BYTES = 1_000_000;
/** All of it within the webhook's own limit (`webhookTimeout` in package.json, 10 s), which would refuse without a reason. */
const ANSWER_MS = 7000;
/** For the form as it is written, and the one that is stored. */
const CHECK_MS = 5000;

async function checkAndTry(review: Review<LynqFormSpec>, cluster: WebhookCluster) {
  const { object, old } = review;
  const signal = AbortSignal.timeout(ANSWER_MS);
  const turns = new Turns(Infinity, { signal: AbortSignal.timeout(CHECK_MS) });
  const unchecked = new Findings();
  const reading = readRows(object, cluster.client);
  const [hub, claims] = await Promise.all([
    readHub(object.metadata?.namespace, object.spec.hubId, cluster.client, unchecked),
    readClaims(cluster.neighbours, unchecked),
  ]);
  const templates = formTemplates();
  const surroundings = { hub, neighbours: claims, templates };
  const { found, finished } = await checkInTurns({ form: object, ...surroundings }, turns);
  if (!finished) unchecked.report(formRules.unfinished, "spec", { what: "the form" });
  const news = await newsOf(review, found, { surroundings, turns, unchecked });
  const bytes = Buffer.byteLength(JSON.stringify(object));
  if (bytes > MOST_BYTES) unchecked.report(formRules.tooLarge, "spec", { bytes, most: MOST_BYTES });
  const objects = await reviewFormObjects(
    { form: object, hub: hub?.spec, previous: old?.spec, found, rows: await reading, templates, signal },
    cluster.objects,
  );
  return { found: news, objects, unchecked };
}

/** What was found, where an error that the stored form has, too, only warns. */
async function newsOf(
  { object, old }: Review<LynqFormSpec>,
  found: CheckResult,
  {
    surroundings,
    turns,
    unchecked,
  }: { readonly surroundings: Omit<FormCheck, "form">; readonly turns: Turns; readonly unchecked: Findings },
): Promise<CheckResult> {
  if (old === undefined || found.errors.length === 0) return found;
  const before = await checkInTurns({ form: old, ...surroundings }, turns);
  if (before.finished) return ratchet({ object: old, result: before.found }, { object, result: found });
  // Any of them may be old.
  unchecked.report(formRules.unfinished, "spec", { what: "the stored form" });
  return { errors: [], warnings: [...found.errors, ...found.warnings] };
}

async function readClaims(
  neighbours: WebhookCluster["neighbours"],
  unchecked: Findings,
): Promise<readonly FormClaims[]> {
  try {
    return await neighbours.claims();
  } catch (error) {
    unchecked.report(formRules.neighboursUnread, "spec", { reason: messageOf(error) });
    return [];
  }
}

async function readHub(
  namespace: string | undefined,
  name: string,
  client: ApiClient,
  unchecked: Findings,
): Promise<LynqHubObject | undefined> {
  try {
    const signal = AbortSignal.timeout(LOOKUP_MS);
    return toHub(await client.get(HUBS, { namespace, name }, { signal }));
  } catch (error) {
    if (!(error instanceof ApiError && error.isNotFound())) {
      unchecked.report(formRules.hubUnread, "spec.hubId", { reason: messageOf(error) });
    }
    return undefined;
  }
}
