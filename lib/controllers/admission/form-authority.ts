import { type LynqFormSpec } from "../../../crds";
import { type CheckResult } from "../../blueprint/admission";
import { changedResources } from "../../blueprint/admission/authority/changed-resources";
import { impersonationRight, rightsOf } from "../../blueprint/admission/authority/right";
import { type FormTarget, formTarget, kindOf, type ServedKind } from "../../blueprint/admission/authority/target";
import { Findings } from "../../blueprint/admission/findings";
import { authorityRules } from "../../blueprint/admission/rules";
import { type ListedResource, listResources } from "../../blueprint/compile";
import { type GroupVersionKind } from "../../blueprint/object";
import { type Discovery, within } from "../../cluster";
import { gvkKey } from "../../plan/inventory";
import { qualifiedKind, WritePolicy } from "../../plan/write-policy";
import { askRights, type AuthorOptions, checkAuthor, tellMissing, unknownRight } from "./author-rights";
import { messageOf, type Review } from "./review";
import { Turns } from "./turns";

export interface AuthorityOptions extends AuthorOptions {
  readonly discovery: Pick<Discovery, "resolve">;
}

/** What the form's author and the operator may not do of what the form says. @throws never */
export function reviewAuthority(review: Review<LynqFormSpec>, options: AuthorityOptions): Promise<CheckResult> {
  return checkAuthor("form", review.user, options, signal => check(review, options, signal));
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
  tellMissing("form", missing, settings.authorize, findings);
  return findings;
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
  const pauses = new Turns(Infinity);
  for (const listed of resources) {
    await pauses.next();
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
