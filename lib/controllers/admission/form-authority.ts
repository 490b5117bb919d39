import { type LynqFormSpec } from "../../../crds";
import { type CheckResult } from "../../blueprint/admission";
import { changedResources } from "../../blueprint/admission/authority/changed-resources";
import {
  impersonationRight,
  type NeededRight,
  type Right,
  rightKey,
  rightsOf,
} from "../../blueprint/admission/authority/right";
import { type FormTarget, formTarget, kindOf, type ServedKind } from "../../blueprint/admission/authority/target";
import { type Finding, finding, Findings } from "../../blueprint/admission/findings";
import { authorityRules, none } from "../../blueprint/admission/rules";
import { type ListedResource, listResources } from "../../blueprint/compile";
import { type GroupVersionKind } from "../../blueprint/object";
import { type AccessReviews, type Discovery, type RequestingUser } from "../../cluster";
import { gvkKey } from "../../plan/inventory";
import { qualifiedKind, WritePolicy } from "../../plan/write-policy";
import { messageOf, type Review } from "./review";
import { type AuthorizeMode, type OperatorSettings } from "../settings";

/** Well within the webhook's own limit of 10 s, which would refuse without a reason, and leaves the other checks their time. */
const LIMIT_MS = 3000;

export interface AuthorityOptions {
  readonly discovery: Pick<Discovery, "resolve">;
  readonly reviews: Pick<AccessReviews, "isAllowed">;
  readonly settings: OperatorSettings;
  readonly limitMs?: number;
}

/**
 * What {@link check} finds. A check that fails itself tells nothing of the form: it only warns, unless rights are enforced, where nobody's rights
 * are ever guessed.
 *
 * @throws never
 */
export async function reviewAuthority(review: Review<LynqFormSpec>, options: AuthorityOptions): Promise<CheckResult> {
  const { settings, limitMs = LIMIT_MS } = options;
  const over = new AbortController();
  const timer = setTimeout(() => {
    over.abort(new Error(`the API server gave no answer within ${limitMs / 1000} s`));
  }, limitMs);
  try {
    return await check(review, options, over.signal);
  } catch (error) {
    const findings = new Findings();
    tellMissing([unknownRight(review.user, "spec", messageOf(error))], settings.authorize, findings);
    return findings;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whether the form's author may do what the form makes the operator do, and whether an administrator lets the operator do it at all. Only what
 * a change adds or alters is looked at: docs/decisions/author-rights.md.
 */
async function check(
  review: Review<LynqFormSpec>,
  options: AuthorityOptions,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { object, old, user } = review;
  const { settings } = options;
  const { namespace = "" } = object.metadata ?? {};
  const { spec } = object;
  const previous = old?.spec;
  const findings = new Findings();
  const account = spec.serviceAccountName;

  // 1. What does the change concern? A form that drops its account gets the operator's rights for everything in it.
  const listed = listResources(spec);
  const changed =
    previous === undefined || (previous.serviceAccountName !== undefined && account === undefined)
      ? listed
      : changedResources(listed, listResources(previous));
  if (changed.length === 0 && account === previous?.serviceAccountName) return findings;

  // 2. Which objects would that be?
  const { targets, unserved } = await findTargets(changed, namespace, options.discovery, signal);

  // 3. What an administrator forbids, as far as the form fixes it.
  checkPolicy(targets, unserved, account, new WritePolicy(settings.writes), findings);
  if (settings.authorize === "off") return findings;

  // 4. May the author do that? With an account its rights count, and the author's right to use it (docs/decisions/service-account.md).
  const missing =
    account === undefined
      ? [
          ...unserved.map(({ path, reason }) => unknownRight(user, `${path}.spec.kind`, reason)),
          ...(await askRights(targets.flatMap(rightsOf), user, options.reviews, signal)),
        ]
      : await askRights([impersonationRight(namespace, account)], user, options.reviews, signal);
  tellMissing(missing, settings.authorize, findings);
  return findings;
}

function tellMissing(missing: readonly Finding[], mode: AuthorizeMode, findings: Findings): void {
  if (missing.length === 0 || mode === "off") return;
  const enforced = mode === "enforce";
  for (const one of missing) findings.add(enforced ? "error" : "warning", one);
  findings.report(enforced ? authorityRules.enforced : authorityRules.warned, "spec", none);
}

/** A resource whose kind the API server does not serve, or cannot be asked about. */
interface Unserved {
  readonly path: string;
  readonly gvk: GroupVersionKind;
  readonly reason: string;
}

async function findTargets(
  resources: readonly ListedResource[],
  namespace: string,
  discovery: Pick<Discovery, "resolve">,
  signal: AbortSignal,
): Promise<{ targets: FormTarget[]; unserved: Unserved[] }> {
  const kinds = await askKinds(resources, discovery, signal);
  const targets: FormTarget[] = [];
  const unserved: Unserved[] = [];
  for (const listed of resources) {
    const gvk = kindOf(listed.resource);
    const answer = gvk === undefined ? undefined : kinds.get(gvkKey(gvk));
    if (gvk === undefined || answer === undefined) continue;
    if (typeof answer === "string") unserved.push({ path: listed.path, gvk, reason: answer });
    else targets.push(formTarget(listed, gvk, answer, namespace));
  }
  return { targets, unserved };
}

function checkPolicy(
  targets: readonly FormTarget[],
  unserved: readonly Unserved[],
  account: string | undefined,
  policy: WritePolicy,
  findings: Findings,
): void {
  const required = policy.serviceAccount(account);
  if (required !== undefined) {
    findings.report(authorityRules.accountRequired, "spec.serviceAccountName", { reason: required.message });
  }
  for (const { path, gvk, name, namespace } of [
    ...targets,
    ...unserved.map(one => ({ ...one, name: undefined, namespace: undefined })),
  ]) {
    const { group, kind } = gvk;
    const refusal = policy.refusal({ group, kind, namespace: namespace?.text, name: name?.text }, account, "write");
    // That one is the form's, not the resource's.
    if (refusal === undefined || refusal.about === "serviceAccount") continue;
    const places = { kind: `${path}.spec.kind`, name: name?.path ?? path, namespace: namespace?.path ?? path };
    findings.report(authorityRules.forbidden, places[refusal.about], { reason: refusal.message });
  }
}

/** How each kind is served; a text says why that is not known. */
async function askKinds(
  resources: readonly ListedResource[],
  discovery: Pick<Discovery, "resolve">,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ServedKind | string>> {
  const kinds = new Map<string, GroupVersionKind>();
  for (const { resource } of resources) {
    const gvk = kindOf(resource);
    if (gvk !== undefined) kinds.set(gvkKey(gvk), gvk);
  }
  return new Map(
    await Promise.all(
      [...kinds].map(async ([key, gvk]): Promise<[string, ServedKind | string]> => {
        const served = await within(discovery.resolve(gvk), signal).catch(messageOf);
        return [key, served ?? `this cluster does not serve ${qualifiedKind(gvk)}`];
      }),
    ),
  );
}

/** The rights that are missing, and those of which nobody could say; each is asked for once, however often the form needs it. */
async function askRights(
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

function unknownRight({ username }: RequestingUser, path: string, reason: string): Finding {
  return finding(authorityRules.rightUnknown, path, { user: username, reason });
}

/** @throws the signal's reason when time is up before the promise is settled */
async function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const over = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error("time is up"));
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
