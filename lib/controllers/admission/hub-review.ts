import { type LynqFormObject, type LynqHubSpec } from "../../../crds";
import { checkHub, checkHubChange, Findings } from "../../blueprint/admission";
import { hubChangeRules } from "../../blueprint/admission/rules";
import { type ApiClient, ApiError } from "../../cluster";
import { type OperatorSettings } from "../settings";
import { type WebhookCluster } from "./webhook-client";
import { reviewHubAuthority } from "./hub-authority";
import { FORMS, SECRETS, toForm } from "../kinds";
import { isPlainObject } from "../../blueprint/object";
import { isFree, judge, LOOKUP_MS, messageOf, PASS, type Review, type Verdict, verdict } from "./review";

type Client = Pick<ApiClient, "get" | "list">;

/** @throws never: a check that cannot be made is a warning that says so, or a refusal where rights are enforced */
export async function reviewHub(
  review: Review<LynqHubSpec>,
  { client, reviews }: WebhookCluster,
  settings: OperatorSettings,
): Promise<Verdict> {
  if (isFree(review)) return PASS;
  const { object, old } = review;
  const namespace = object.metadata?.namespace;
  const unread = new Findings();
  const [forms, , authority] = await Promise.all([
    old === undefined ? [] : formsOf(namespace, object.metadata?.name, client, unread),
    checkSecrets(namespace, object.spec, client, unread),
    reviewHubAuthority(review, { reviews, settings }),
  ]);
  const broken = old === undefined ? new Findings() : checkHubChange(object.spec, old.spec, forms);
  return verdict(judge(review, checkHub), {
    errors: [...broken.errors, ...authority.errors],
    warnings: [...unread.warnings, ...broken.warnings, ...authority.warnings],
  });
}

async function formsOf(
  namespace: string | undefined,
  hub: string | undefined,
  client: Client,
  unread: Findings,
): Promise<LynqFormObject[]> {
  try {
    const { items } = await client.list(FORMS, { namespace, signal: AbortSignal.timeout(LOOKUP_MS) });
    return items
      .map(toForm)
      .filter(({ spec, metadata }) => spec.hubId === hub && metadata.deletionTimestamp === undefined);
  } catch (error) {
    unread.report(hubChangeRules.formsUnread, "spec", { reason: messageOf(error) });
    return [];
  }
}

interface SecretRef {
  readonly path: string;
  readonly name: string;
  readonly key: string;
}

/** Whether the Secrets are there that the hub names; what is in them is not looked at. */
async function checkSecrets(
  namespace: string | undefined,
  spec: LynqHubSpec,
  client: Client,
  unread: Findings,
): Promise<void> {
  const refs = new Map<string, SecretRef[]>();
  for (const ref of secretRefs(spec)) refs.set(ref.name, [...(refs.get(ref.name) ?? []), ref]);
  await Promise.all(
    [...refs].map(async ([name, named]) => {
      const path = named[0]?.path ?? "spec.source.mysql";
      try {
        const { data } = await client.get(SECRETS, { namespace, name }, { signal: AbortSignal.timeout(LOOKUP_MS) });
        for (const { path: at, key } of named) {
          if (!isPlainObject(data) || data[key] === undefined) {
            unread.report(hubChangeRules.secretKeyMissing, at, { name, key });
          }
        }
      } catch (error) {
        if (error instanceof ApiError && error.isNotFound()) {
          unread.report(hubChangeRules.secretMissing, path, { name });
        } else {
          unread.report(hubChangeRules.secretUnread, path, { name, reason: messageOf(error) });
        }
      }
    }),
  );
}

function secretRefs({ source: { mysql } }: LynqHubSpec): SecretRef[] {
  const refs = [
    ["usernameRef", mysql?.usernameRef],
    ["passwordRef", mysql?.passwordRef],
    ["tls.caRef", mysql?.tls?.caRef],
    ["tls.certRef", mysql?.tls?.certRef],
    ["tls.keyRef", mysql?.tls?.keyRef],
  ] as const;
  return refs.flatMap(([field, ref]) => (ref === undefined ? [] : [{ path: `spec.source.mysql.${field}`, ...ref }]));
}
