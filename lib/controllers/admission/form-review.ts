import { type LynqFormSpec, type LynqHubObject } from "../../../crds";
import { checkForm, Findings, type FormClaims } from "../../blueprint/admission";
import { formRules } from "../../blueprint/admission/rules";
import { type ApiClient, ApiError } from "../../cluster";
import { HUBS, toHub } from "../kinds";
import { type OperatorSettings } from "../settings";
import { type WebhookCluster } from "../webhook-client";
import { reviewAuthority } from "./form-authority";
import { isFree, judge, LOOKUP_MS, messageOf, PASS, type Review, type Verdict } from "./review";

/** @throws never: a check that cannot be made is a warning that says so, or a refusal where rights are enforced */
export async function reviewForm(
  review: Review<LynqFormSpec>,
  { client, discovery, reviews, neighbours }: WebhookCluster,
  settings: OperatorSettings,
): Promise<Verdict> {
  if (isFree(review)) return PASS;
  const { object } = review;
  const unchecked = new Findings();
  const [hub, claims, authority] = await Promise.all([
    readHub(object.metadata?.namespace, object.spec.hubId, client, unchecked),
    readClaims(neighbours, unchecked),
    reviewAuthority(review, { discovery, reviews, settings }),
  ]);
  return judge(review, form => checkForm(form, hub, claims), {
    errors: [...unchecked.errors, ...authority.errors],
    warnings: [...unchecked.warnings, ...authority.warnings],
  });
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
