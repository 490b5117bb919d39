import { type LynqHubSpec } from "../../../crds";
import { checkHub } from "../../blueprint/admission";
import { isFree, judge, PASS, type Review, type Verdict } from "./review";

/** @throws never: a check that cannot be made is a warning that says so */
export function reviewHub(review: Review<LynqHubSpec>): Verdict {
  return isFree(review) ? PASS : judge(review, checkHub);
}
