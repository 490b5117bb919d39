import { Capability, type PeprValidateRequest } from "pepr";
import { LynqForm, LynqHub } from "../crds/kinds";
import { reviewForm, reviewHub, type Verdict } from "../lib/controllers/admission";
import { webhookClient } from "../lib/controllers/webhook-client";

export const admission = new Capability({
  name: "admission",
  description: "Refuses forms and hubs that could not work, with the field and the reason.",
});

const { When } = admission;

When(LynqForm)
  .IsCreatedOrUpdated()
  .Validate(async request => answer(request, () => reviewForm(request.Raw, webhookClient())));

When(LynqHub)
  .IsCreatedOrUpdated()
  .Validate(async request => answer(request, () => reviewHub(request.Raw)));

/** A deletion, finalizers included, always passes; and an error of ours reaches the user as a sentence, not as `{}`. */
async function answer(request: PeprValidateRequest<LynqForm | LynqHub>, review: () => Verdict | Promise<Verdict>) {
  if (request.Raw.metadata?.deletionTimestamp !== undefined) return request.Approve();
  try {
    const { refusal, warnings } = await review();
    return refusal === undefined ? request.Approve(warnings) : request.Deny(refusal, 422, warnings);
  } catch (error) {
    return request.Deny(`the check itself failed: ${error instanceof Error ? error.message : String(error)}`, 500);
  }
}
