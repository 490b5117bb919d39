import { Capability, type PeprValidateRequest } from "pepr";
import { LynqForm, LynqHub, LynqNode } from "../crds/kinds";
import { reviewForm } from "../lib/controllers/admission/form-review";
import { reviewHub } from "../lib/controllers/admission/hub-review";
import { reviewNode } from "../lib/controllers/admission/node-review";
import { type Review, type Verdict } from "../lib/controllers/admission/review";
import { about, log, loggable } from "../lib/controllers/log";
import { metrics } from "../lib/controllers/metrics";
import { operatorSettings } from "../lib/controllers/settings";
import { webhookCluster } from "../lib/controllers/admission/webhook-client";

export const admission = new Capability({
  name: "admission",
  description:
    "Refuses forms and hubs that could not work, and changes of the operator's nodes, with the field and the reason.",
});

const { When } = admission;

When(LynqForm)
  .IsCreatedOrUpdated()
  .Validate(request => answer("LynqForm", request, review => reviewForm(review, webhookCluster(), operatorSettings())));

When(LynqHub)
  .IsCreatedOrUpdated()
  .Validate(request => answer("LynqHub", request, review => reviewHub(review, webhookCluster(), operatorSettings())));

When(LynqNode)
  .IsCreatedOrUpdated()
  .Validate(request => answer("LynqNode", request, review => reviewNode(review, webhookCluster().operators)));

/** An error of ours reaches the user as a sentence, not as `{}`. */
async function answer<Kind extends LynqForm | LynqHub | LynqNode>(
  kind: string,
  request: PeprValidateRequest<Kind>,
  check: (review: Review<Kind["spec"]>) => Verdict | Promise<Verdict>,
) {
  const { username = "", ...user } = request.Request.userInfo;
  // The API server has checked both against our CRD; for a creation it sends null.
  const old = (request.OldResource ?? undefined) as Kind | undefined;
  const startedAt = performance.now();
  const count = (verdict: "allowed" | "refused" | "error") => {
    metrics.admission.answered(kind, verdict, performance.now() - startedAt);
  };
  try {
    const { refusal, warnings } = await check({ object: request.Raw, old, user: { username, ...user } });
    count(refusal === undefined ? "allowed" : "refused");
    return refusal === undefined ? request.Approve(warnings) : request.Deny(refusal, 422, warnings);
  } catch (error) {
    count("error");
    log.error(
      { ...about({ kind, metadata: request.Raw.metadata ?? {}, spec: request.Raw.spec }), err: loggable(error) },
      "the check of an object failed",
    );
    return request.Deny(`the check itself failed: ${error instanceof Error ? error.message : String(error)}`, 500);
  }
}
