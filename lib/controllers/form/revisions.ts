import { type LynqFormObject, type LynqHubObject, resourceListNames } from "../../../crds";
import { type Blueprint, compileBlueprint, type RevisionContent } from "../../blueprint/compile";
import { canonicalJson, contentHash } from "../../blueprint/content-hash";
import { isPlainObject, type KubernetesObject, type OwnerReference } from "../../blueprint/object";
import { ApiError, type ApiClient, findObject } from "../../cluster";
import { ANNOTATION_FORM_NAME, API_GROUP, API_VERSION, FIELD_MANAGER, LABEL_FORM } from "../../metadata";
import { labelValue } from "../../record/label-value";
import { type TemplateCache } from "../../template";
import { FORMS, REVISIONS } from "../kinds";

export interface Revision {
  readonly name: string;
  readonly blueprint: Blueprint;
}

/** A node names a revision that does not exist (any more). */
export class RevisionMissingError extends Error {
  override readonly name = "RevisionMissingError";
}

/**
 * Keeps each form's content as ControllerRevisions, so that a node heals with the content it was made from, and compiles each of them once.
 * A revision's name is made of its content: equal content is one revision, whatever the form's generation.
 */
export class Revisions {
  private readonly compiled = new Map<string, Promise<Blueprint>>();
  /** Those that are done. */
  private readonly done = new Map<string, Blueprint>();
  /** Revisions that are stored, and by which owners' UIDs. */
  private readonly stored = new Map<string, { readonly by: string; readonly done: Promise<void> }>();

  constructor(
    private readonly client: ApiClient,
    private readonly templates: TemplateCache,
  ) {}

  /**
   * The form's current revision; stored when it is new.
   *
   * @param hub owns the revision, too: nodes whose deletion is held need it longer than the form may live
   * @throws BlueprintError when the form does not compile
   */
  async current(form: LynqFormObject, hub: LynqHubObject | undefined): Promise<Revision> {
    const content = contentOf(form.spec);
    const name = revisionName(form.metadata.name ?? "", content);
    const key = `${form.metadata.namespace ?? ""}/${name}`;
    const blueprint =
      this.compiled.get(key) ?? this.remember(key, Promise.resolve(compileBlueprint(content, this.templates)));
    // A form that is deleted and made again owns its revisions anew.
    const owners = ownersOf(form, hub);
    const owned = owners.map(owner => owner.uid).join();
    let storing = this.stored.get(key);
    if (storing?.by !== owned) {
      const done = this.store(form, name, content, owners);
      const begun = { by: owned, done };
      storing = begun;
      this.stored.set(key, begun);
      done.catch(() => {
        if (this.stored.get(key) === begun) this.stored.delete(key);
      });
    }
    await storing.done;
    return { name, blueprint: await blueprint };
  }

  /**
   * The revision that the form's content is, or would be; nothing is stored.
   *
   * @throws BlueprintError when the form does not compile
   */
  planned(form: LynqFormObject): Revision {
    const content = contentOf(form.spec);
    const name = revisionName(form.metadata.name ?? "", content);
    const blueprint = compileBlueprint(content, this.templates);
    this.compiled.set(`${form.metadata.namespace ?? ""}/${name}`, Promise.resolve(blueprint));
    return { name, blueprint };
  }

  /** @throws RevisionMissingError, BlueprintError */
  async blueprint(namespace: string, name: string): Promise<Blueprint> {
    const key = `${namespace}/${name}`;
    return await (this.compiled.get(key) ?? this.remember(key, this.load(namespace, name)));
  }

  /** The revision's content, if it is at hand. */
  known(namespace: string, name: string): Blueprint | undefined {
    return this.done.get(`${namespace}/${name}`);
  }

  /**
   * Deletes the form's revisions that no node uses, but for the newest ones. The current one counts as the newest: a form that went back to an earlier
   * content has it as its last, and an undo goes to the one before it.
   */
  async keepHistory(form: LynqFormObject, current: string, inUse: ReadonlySet<string>, keep: number): Promise<void> {
    const { namespace = "", name: formName = "", generation = 0 } = form.metadata;
    const own = (await this.ofForm(namespace, formName))
      .filter(item => item.metadata.ownerReferences?.some(owner => owner.uid === form.metadata.uid) === true)
      .sort((a, b) => Number(b["revision"]) - Number(a["revision"]));
    if (own[0] !== undefined && own[0].metadata.name !== current) {
      const patch = { revision: generation };
      await this.client.mergePatch(REVISIONS, { namespace, name: current }, patch, { fieldManager: FIELD_MANAGER });
    }
    const unused = own.filter(item => !inUse.has(item.metadata.name ?? ""));
    for (const revision of unused.slice(keep)) await this.delete(revision);
  }

  /**
   * Deletes every revision of a form that is gone, and that no node uses any more. That it is gone, only the API server knows for sure: a form that has just
   * come may have a revision, stored by whoever saw it first, before our own watch tells of it. Asked after the list, so that a revision of a form that comes
   * meanwhile is not among those that go.
   *
   * @throws ApiError, ConnectionError
   */
  async forget(namespace: string, formName: string): Promise<void> {
    const left = await this.ofForm(namespace, formName);
    if (left.length === 0) return;
    if ((await findObject(this.client, FORMS, { namespace, name: formName })) !== undefined) return;
    for (const revision of left) await this.delete(revision);
  }

  /** `namespace/name` of every form that has revisions, whether it still exists or not. */
  async forms(): Promise<ReadonlySet<string>> {
    const { items } = await this.client.list(REVISIONS, { labelSelector: LABEL_FORM });
    return new Set(items.flatMap(item => formKeys(item)));
  }

  private async ofForm(namespace: string, formName: string): Promise<KubernetesObject[]> {
    const labelSelector = `${LABEL_FORM}=${labelValue(formName)}`;
    const { items } = await this.client.list(REVISIONS, { namespace, labelSelector });
    return items.filter(item => formKeys(item).includes(`${namespace}/${formName}`));
  }

  /** Exactly what was seen: one that a new form has taken over meanwhile stays. */
  private async delete({ metadata }: KubernetesObject): Promise<void> {
    const { namespace = "", name = "", uid = "", resourceVersion = "" } = metadata;
    this.compiled.delete(`${namespace}/${name}`);
    this.done.delete(`${namespace}/${name}`);
    this.stored.delete(`${namespace}/${name}`);
    try {
      await this.client.delete(REVISIONS, { namespace, name }, { preconditions: { uid, resourceVersion } });
    } catch (error) {
      if (!(error instanceof ApiError && (error.isNotFound() || error.isConflict()))) throw error;
    }
  }

  private remember(key: string, blueprint: Promise<Blueprint>): Promise<Blueprint> {
    this.compiled.set(key, blueprint);
    blueprint.then(
      done => this.done.set(key, done),
      () => this.compiled.delete(key),
    );
    return blueprint;
  }

  private async load(namespace: string, name: string): Promise<Blueprint> {
    try {
      const revision = await this.client.get(REVISIONS, { namespace, name });
      return compileBlueprint(readContent(revision), this.templates);
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound()) {
        throw new RevisionMissingError(
          `ControllerRevision ${namespace}/${name} does not exist; the node keeps what it has`,
        );
      }
      throw error;
    }
  }

  private async store(
    form: LynqFormObject,
    name: string,
    content: RevisionContent,
    owners: OwnerReference[],
  ): Promise<void> {
    const { namespace, name: formName = "", generation = 0 } = form.metadata;
    const revision: KubernetesObject = {
      apiVersion: "apps/v1",
      kind: "ControllerRevision",
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { [LABEL_FORM]: labelValue(formName) },
        annotations: { [ANNOTATION_FORM_NAME]: formName },
        ownerReferences: owners,
      },
      revision: generation,
      data: { spec: content },
    };
    // Asked first: after a restart every revision is there, and an operator with nothing to do writes nothing.
    const existing = (await findObject(this.client, REVISIONS, { namespace, name })) ?? (await this.create(revision));
    if (existing === undefined) return;
    if (canonicalJson(readContent(existing)) !== canonicalJson(content))
      throw new Error(`ControllerRevision ${namespace ?? ""}/${name} exists with other content; delete it`);
    await this.own(existing, owners);
  }

  /** Undefined when it was made; the one that somebody else made meanwhile. */
  private async create(revision: KubernetesObject): Promise<KubernetesObject | undefined> {
    try {
      await this.client.create(REVISIONS, revision, { fieldManager: FIELD_MANAGER });
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isAlreadyExists()) throw error;
      const { namespace, name = "" } = revision.metadata;
      return await this.client.get(REVISIONS, { namespace, name });
    }
  }

  /** Without it, garbage collection would take the revision along with the form of that name that was there before. */
  private async own(existing: KubernetesObject, owners: readonly OwnerReference[]): Promise<void> {
    const { namespace, name = "", uid, ownerReferences = [] } = existing.metadata;
    if (owners.every(owner => ownerReferences.some(known => known.uid === owner.uid))) return;
    await this.client.mergePatch(
      REVISIONS,
      { namespace, name },
      { metadata: { uid, ownerReferences: owners } },
      { fieldManager: FIELD_MANAGER },
    );
  }
}

function ownersOf(form: LynqFormObject, hub: LynqHubObject | undefined): OwnerReference[] {
  const apiVersion = `${API_GROUP}/${API_VERSION}`;
  const reference = (kind: string, { name = "", uid = "" }: { name?: string; uid?: string }) => ({
    apiVersion,
    kind,
    name,
    uid,
  });
  return [
    { ...reference("LynqForm", form.metadata), controller: true },
    ...(hub === undefined ? [] : [reference("LynqHub", hub.metadata)]),
  ];
}

/** `namespace/name` of the form whose revision this is; none when it is somebody else's object. */
function formKeys({ metadata }: KubernetesObject): string[] {
  const name = metadata.annotations?.[ANNOTATION_FORM_NAME];
  return name === undefined ? [] : [`${metadata.namespace ?? ""}/${name}`];
}

/** The part of a form that its nodes are made of. */
export function contentOf(spec: RevisionContent): RevisionContent {
  const lists = Object.fromEntries(
    resourceListNames.flatMap(list => (spec[list] === undefined ? [] : [[list, spec[list]]])),
  );
  const { serviceAccountName, templateEngine } = spec;
  return {
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    // The usual language is left out: naming it makes no other revision.
    ...(templateEngine === "mustache" ? { templateEngine } : {}),
    ...lists,
  };
}

function revisionName(form: string, content: RevisionContent): string {
  // 253 is the longest name; the hash and its hyphen take 17.
  return `${form.slice(0, 236).replace(/[-.]+$/, "")}-${contentHash({ form, content })}`;
}

/** The content that a revision keeps. @throws TypeError where it holds none: the API server stored what we wrote */
export function readContent(revision: KubernetesObject): RevisionContent {
  const data = revision["data"];
  const spec = isPlainObject(data) ? data["spec"] : undefined;
  if (!isPlainObject(spec)) throw new TypeError(`ControllerRevision ${revision.metadata.name ?? ""} has no data.spec`);
  return contentOf(spec);
}
