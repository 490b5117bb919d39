import { type LynqNodeSpec } from "../../../crds";
import { checkNodeChange, Findings } from "../../blueprint/admission";
import { nodeRules } from "../../blueprint/admission/rules";
import { type OperatorUsers } from "./operator-users";
import { messageOf, PASS, type Review, type Verdict, verdict } from "./review";

/**
 * Nodes are the operator's. It passes first and unread; where nobody can tell who it is, everybody passes with a warning, since it must
 * never be locked out of its own nodes.
 *
 * @throws never
 */
export async function reviewNode(
  { object, old, user }: Review<LynqNodeSpec>,
  operators: Pick<OperatorUsers, "includes">,
): Promise<Verdict> {
  try {
    if (await operators.includes(user.username)) return PASS;
  } catch (error) {
    const unchecked = new Findings();
    unchecked.report(nodeRules.unknownOperator, "spec", { reason: messageOf(error) });
    return verdict(unchecked);
  }
  return verdict(checkNodeChange(object, old));
}
