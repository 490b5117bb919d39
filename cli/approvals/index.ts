import { type ApprovalSource } from "./approval";
import { heldDeletions } from "./deletion";

/** Everything that `lynq approve` can let go. */
export const approvalSources: readonly ApprovalSource[] = [heldDeletions];
