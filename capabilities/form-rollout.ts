import { Capability } from "pepr";
import { LynqForm } from "../crds/kinds";
import { operator } from "../lib/controllers/operator-process";

export const formRollout = new Capability({
  name: "form-rollout",
  description: "Turns every change of a LynqForm into a revision and brings it to the form's nodes.",
});

formRollout
  .When(LynqForm)
  .IsCreatedOrUpdated()
  .Watch(form => {
    operator().lookAtForm(form);
  });
