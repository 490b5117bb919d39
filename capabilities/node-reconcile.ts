import { a, Capability } from "pepr";
import { NODES } from "../lib/controllers/kinds";
import { operator } from "../lib/controllers/operator-process";

export const nodeReconcile = new Capability({
  name: "node-reconcile",
  description: "Renders, applies, heals and cleans up the resources of every LynqNode.",
});

// The kind, not its objects: a Watch on LynqNodes would keep a whole copy of each, and read all of them anew every ten minutes. That the kind is served
// starts the operator, whose own watch follows the nodes (docs/decisions/own-informers.md).
nodeReconcile
  .When(a.CustomResourceDefinition)
  .IsCreatedOrUpdated()
  .WithName(`${NODES.plural}.${NODES.group}`)
  .Watch(() => {
    operator();
  });
