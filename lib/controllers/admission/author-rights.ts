import { setMaxListeners } from "node:events";
import { type CheckResult } from "../../blueprint/admission";
import { type NeededRight, type Right, rightKey } from "../../blueprint/admission/authority/right";
import { type Finding, finding, Findings } from "../../blueprint/admission/findings";
import { authorityRules, none } from "../../blueprint/admission/rules";
import { type AccessReviews, type RequestingUser, within } from "../../cluster";
import { type AuthorizeMode, type OperatorSettings } from "../settings";
import { messageOf } from "./review";

/** Well within the webhook's own limit of 10 s, which would refuse without a reason, and leaves the other checks their time. */
const LIMIT_MS = 3000;

export interface AuthorOptions {
  readonly reviews: Pick<AccessReviews, "isAllowed">;
  readonly settings: OperatorSettings;
  readonly limitMs?: number;
}

/** Whose author it is that needs rights. */
export type Authored = "form" | "hub";

/**
 * Runs a check of an author's rights within its time. A check that fails itself tells nothing of the object: it only warns, unless rights are
 * enforced, where nobody's rights are ever guessed.
 *
 * @throws never
 */
export async function checkAuthor(
  authored: Authored,
  user: RequestingUser,
  { settings, limitMs = LIMIT_MS }: AuthorOptions,
  check: (signal: AbortSignal) => Promise<CheckResult>,
): Promise<CheckResult> {
  const over = new AbortController();
  // One signal for all questions of a form is ordinary: Node would call the eleventh a leak.
  setMaxListeners(0, over.signal);
  const timer = setTimeout(() => {
    over.abort(new Error(`the API server gave no answer within ${limitMs / 1000} s`));
  }, limitMs);
  try {
    return await check(over.signal);
  } catch (error) {
    const findings = new Findings();
    tellMissing(authored, [unknownRight(user, "spec", messageOf(error))], settings.authorize, findings);
    return findings;
  } finally {
    clearTimeout(timer);
  }
}

/** Rights that are missing or not known refuse where they are enforced, and else warn. */
export function tellMissing(
  authored: Authored,
  missing: readonly Finding[],
  mode: AuthorizeMode,
  findings: Findings,
): void {
  if (missing.length === 0 || mode === "off") return;
  const enforced = mode === "enforce";
  for (const one of missing) findings.add(enforced ? "error" : "warning", one);
  if (enforced) findings.report(authorityRules.enforced, "spec", { authored });
  else findings.report(authorityRules.warned, "spec", none);
}

/** The rights that are missing, and those of which nobody could say; each is asked for once, however often the form needs it. */
export async function askRights(
  rights: readonly NeededRight[],
  user: RequestingUser,
  reviews: Pick<AccessReviews, "isAllowed">,
  signal: AbortSignal,
): Promise<Finding[]> {
  const answers = new Map<string, Promise<boolean | string>>();
  for (const { verb, group, resource, namespace, name } of rights) {
    const right: Right = { verb, group, resource, namespace, name };
    const key = rightKey(right);
    if (answers.has(key)) continue;
    answers.set(key, within(reviews.isAllowed(user, right, signal), signal).catch(messageOf));
  }
  const missing = new Map<string, { right: NeededRight; verbs: string[] }>();
  const unknown = new Map<string, Finding>();
  for (const right of rights) {
    const answer = await answers.get(rightKey(right));
    if (answer === true || answer === undefined) continue;
    if (typeof answer === "string") {
      unknown.set(`${right.path} ${answer}`, unknownRight(user, right.path, answer));
      continue;
    }
    // One sentence for all verbs of one thing.
    const key = `${right.path} ${rightKey({ ...right, verb: "" })}`;
    const known = missing.get(key) ?? { right, verbs: [] };
    known.verbs.push(right.verb);
    missing.set(key, known);
  }
  return [
    ...[...missing.values()].map(({ right, verbs }) =>
      finding(authorityRules.rightMissing, right.path, { user: user.username, right, verbs }),
    ),
    ...unknown.values(),
  ];
}

export function unknownRight({ username }: RequestingUser, path: string, reason: string): Finding {
  return finding(authorityRules.rightUnknown, path, { user: username, reason });
}
