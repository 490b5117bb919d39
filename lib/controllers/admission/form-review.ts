import { type LynqFormSpec, type LynqHubObject } from "../../../crds";
import { checkForm, Findings, type FormClaims } from "../../blueprint/admission";
import { formRules } from "../../blueprint/admission/rules";
import { type ApiClient, ApiError } from "../../cluster";
import { HUBS, toHub } from "../kinds";
import { type OperatorSettings } from "../settings";
import { type WebhookCluster } from "./webhook-client";
import { reviewAuthority } from "./form-authority";
import { readRows, reviewFormObjects } from "./form-objects";
import { isFree, judge, LOOKUP_MS, messageOf, PASS, type Review, type Verdict } from "./review";

/** @throws never: a check that cannot be made is a warning that says so, or a refusal where rights are enforced */
export async function reviewForm(
  review: Review<LynqFormSpec>,
  cluster: WebhookCluster,
  settings: OperatorSettings,
): Promise<Verdict> {
  if (isFree(review)) return PASS;
  const [authority, { found, hub, claims, objects, unchecked }] = await Promise.all([
    reviewAuthority(review, { ...cluster, settings }),
    checkAndTry(review, cluster),
  ]);
  const further = [unchecked, authority];
  // Nobody learns what the API server says of objects that are none of theirs.
  if (authority.errors.length === 0) further.push(objects);
  return judge(review, form => (form === review.object ? found : checkForm(form, hub, claims)), {
    errors: further.flatMap(({ errors }) => errors),
    warnings: further.flatMap(({ warnings }) => warnings),
  });
}

/** Pepr takes 2 MiB for the form, the one that is stored, and what is said about the request. */
const MOST_BYTES = 1_000_000;

async function checkAndTry({ object, old }: Review<LynqFormSpec>, cluster: WebhookCluster) {
  const unchecked = new Findings();
  const reading = readRows(object, cluster.client);
  const [hub, claims] = await Promise.all([
    readHub(object.metadata?.namespace, object.spec.hubId, cluster.client, unchecked),
    readClaims(cluster.neighbours, unchecked),
  ]);
  const found = checkForm(object, hub, claims);
  const bytes = Buffer.byteLength(JSON.stringify(object));
  if (bytes > MOST_BYTES) unchecked.report(formRules.tooLarge, "spec", { bytes, most: MOST_BYTES });
  const objects = await reviewFormObjects(
    { form: object, hub: hub?.spec, previous: old?.spec, found, rows: await reading },
    cluster.objects,
  );
  return { found, hub, claims, objects, unchecked };
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
