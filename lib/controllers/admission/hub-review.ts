import { type LynqHubSpec } from "../../../crds";
import { checkHub } from "../../blueprint/admission";
import { type OperatorSettings } from "../settings";
import { type WebhookCluster } from "../webhook-client";
import { reviewHubAuthority } from "./hub-authority";
import { isFree, judge, PASS, type Review, type Verdict } from "./review";

/** @throws never: a check that cannot be made is a warning that says so, or a refusal where rights are enforced */
export async function reviewHub(
  review: Review<LynqHubSpec>,
  { reviews }: WebhookCluster,
  settings: OperatorSettings,
): Promise<Verdict> {
  return isFree(review) ? PASS : judge(review, checkHub, await reviewHubAuthority(review, { reviews, settings }));
}
