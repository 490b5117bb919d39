import { Capability } from "pepr";
import { LynqNode } from "../crds/kinds";
import { operator } from "../lib/controllers/operator";

export const nodeReconcile = new Capability({
  name: "node-reconcile",
  description: "Renders, applies, heals and cleans up the resources of every LynqNode.",
});

nodeReconcile
  .When(LynqNode)
  .IsCreatedOrUpdated()
  .Watch(node => {
    operator().lookAtNode(node);
  });
