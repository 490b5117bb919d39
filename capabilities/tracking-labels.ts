import { Capability } from "pepr";
import { LynqForm, LynqNode } from "../crds/kinds";
import { formLabels, nodeLabels } from "../lib/blueprint/tracking-labels";

export const trackingLabels = new Capability({
  name: "tracking-labels",
  description: "Puts lynq.sh/hub, lynq.sh/form and lynq.sh/uid on forms and nodes, so that they can be selected.",
});

const { When } = trackingLabels;

When(LynqForm)
  .IsCreatedOrUpdated()
  .Mutate(request => {
    for (const [label, value] of Object.entries(formLabels(request.Raw))) request.SetLabel(label, value);
  });

When(LynqNode)
  .IsCreatedOrUpdated()
  .Mutate(request => {
    for (const [label, value] of Object.entries(nodeLabels(request.Raw))) request.SetLabel(label, value);
  });
