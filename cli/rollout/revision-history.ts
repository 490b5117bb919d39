import { type LynqFormObject, type LynqFormSpec } from "../../crds";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { type ApiClient } from "../../lib/cluster";
import { REVISIONS } from "../../lib/controllers/kinds";
import { contentOf, readContent } from "../../lib/controllers/form/revisions";
import { LABEL_FORM } from "../../lib/metadata";
import { labelValue } from "../../lib/record/label-value";

/** One content of a form that is kept. */
export interface KnownRevision {
  readonly name: string;
  /** Rises with every change of the form's content. */
  readonly number: number;
  readonly object: KubernetesObject;
}

/** The form's revisions, the oldest first. */
export async function revisionHistory(client: ApiClient, form: LynqFormObject): Promise<KnownRevision[]> {
  const { namespace, name = "", uid } = form.metadata;
  const { items } = await client.list(REVISIONS, { namespace, labelSelector: `${LABEL_FORM}=${labelValue(name)}` });
  return items
    .filter(({ metadata }) => metadata.ownerReferences?.some(owner => owner.uid === uid) === true)
    .map(object => ({ name: object.metadata.name ?? "", number: Number(object["revision"] ?? 0), object }))
    .sort((a, b) => a.number - b.number);
}

/**
 * The revision that an undo goes back to: the stable one while a rollout is on its way, and otherwise the one before.
 *
 * @param wanted number or name, if one is asked for
 */
export function undoTarget(
  { status }: LynqFormObject,
  history: readonly KnownRevision[],
  wanted: string | undefined,
): KnownRevision | undefined {
  if (wanted !== undefined) return history.find(({ name, number }) => name === wanted || String(number) === wanted);
  const { currentRevision, stableRevision } = status ?? {};
  const stable = history.find(({ name }) => name === stableRevision);
  if (stable !== undefined && stable.name !== currentRevision) return stable;
  return history.filter(({ name }) => name !== currentRevision).at(-1);
}

/** A merge patch that gives the form the content of a revision; what else its spec says stays. */
export function undoPatch(form: LynqFormObject, revision: KubernetesObject): object {
  const content: Partial<LynqFormSpec> = readContent(revision);
  const gone: Record<string, null> = Object.fromEntries(Object.keys(contentOf(form.spec)).map(field => [field, null]));
  const { resourceVersion } = form.metadata;
  return { metadata: { resourceVersion }, spec: { ...gone, ...content } };
}
