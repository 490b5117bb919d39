import { type PendingPlan } from "../../crds";
import { toForm, toHub } from "../../lib/controllers/kinds";
import { ANNOTATION_APPROVE_PLAN } from "../../lib/metadata";
import { type ApprovalSource, type PendingApproval } from "./approval";

/** Plans of forms in mode Plan (docs/plan.md). */
export const formPlans: ApprovalSource = {
  kind: "form",
  pending: object => approvals(toForm(object).status?.plan),
};

/** Plans of hubs in mode Plan. */
export const hubPlans: ApprovalSource = {
  kind: "hub",
  pending: object => approvals(toHub(object).status?.plan),
};

function approvals(plan: PendingPlan | undefined): PendingApproval[] {
  if (plan === undefined) return [];
  const { creations, updates, deletions, changes, digest } = plan;
  const total = creations + updates + deletions;
  const more = total - changes.length;
  return [
    {
      what: `${total} ${total === 1 ? "node" : "nodes"} would change (${creations} created, ${updates} updated, ${deletions} deleted)`,
      digest,
      details: [
        ...changes.flatMap(({ action, node, objects = [] }) => [
          `${action.toLowerCase()} ${node}`,
          ...objects.map(line => `  ${line}`),
        ]),
        ...(more > 0 ? [`and ${more} more`] : []),
      ],
      condition: "If exactly this is to happen",
      annotation: ANNOTATION_APPROVE_PLAN,
    },
  ];
}
