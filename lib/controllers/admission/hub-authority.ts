import { type LynqHubSpec } from "../../../crds";
import { type CheckResult } from "../../blueprint/admission";
import { secretRights } from "../../blueprint/admission/authority/right";
import { Findings } from "../../blueprint/admission/findings";
import { canonicalJson } from "../../blueprint/content-hash";
import { askRights, type AuthorOptions, checkAuthor, tellMissing } from "./author-rights";
import { type Review } from "./review";

/**
 * Whether the hub's author may read the Secrets that the hub makes the operator read. Asked with every change of the source: the same Secret
 * would go to another server. @throws never
 */
export function reviewHubAuthority(review: Review<LynqHubSpec>, options: AuthorOptions): Promise<CheckResult> {
  const { object, old, user } = review;
  const { reviews, settings } = options;
  return checkAuthor("hub", user, options, async signal => {
    const findings = new Findings();
    const { source } = object.spec;
    const unchanged = old !== undefined && canonicalJson(old.spec.source) === canonicalJson(source);
    if (unchanged || settings.authorize === "off") return findings;
    const rights = secretRights(object.metadata?.namespace ?? "", source);
    tellMissing("hub", await askRights(rights, user, reviews, signal), settings.authorize, findings);
    return findings;
  });
}
