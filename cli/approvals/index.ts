import { type ApprovalSource } from "./approval";
import { heldDeletions } from "./deletion";
import { formPlans, hubPlans } from "./plan";

/** Everything that `lynq approve` can let go. */
export const approvalSources: readonly ApprovalSource[] = [heldDeletions, hubPlans, formPlans];
