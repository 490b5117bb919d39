import { toHub } from "../../lib/controllers/kinds";
import { ANNOTATION_APPROVE_DELETION } from "../../lib/metadata";
import { type ApprovalSource } from "./approval";

/** Deletions that the guard of a hub holds back (docs/safety.md). */
export const heldDeletions: ApprovalSource = {
  kind: "hub",
  pending: object => {
    const held = toHub(object).status?.deletionHeld;
    if (held === undefined) return [];
    const { count, total = count, digest, examples = [] } = held;
    const more = count - examples.length;
    return [
      {
        what: `${count} of ${total} nodes would be deleted, with everything that they made`,
        digest,
        details: [...examples, ...(more > 0 ? [`and ${more} more`] : [])],
        condition: "If they are to go",
        annotation: ANNOTATION_APPROVE_DELETION,
      },
    ];
  },
};
