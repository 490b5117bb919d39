import { type LynqNodeObject } from "../../crds";

/** Of a node that other shards look after: what is counted of it. Not its row, its resources and its inventory, which are most of it. */
export function slimNode(node: LynqNodeObject): LynqNodeObject {
  const spec = { ...node.spec };
  delete spec.values;
  delete spec.resources;
  delete spec.formerKinds;
  const status = { ...node.status };
  delete status.inventory;
  delete status.appliedResources;
  return { ...node, spec, status };
}
