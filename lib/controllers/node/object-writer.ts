import { type CompiledResource } from "../../blueprint/compile";
import { removeMatches } from "../../blueprint/json-path";
import { type KubernetesObject } from "../../blueprint/object";
import { type NodeIdentity } from "../../blueprint/node-identity";
import { isSharedOnPurpose } from "../../blueprint/shared-object";
import { ApiError, type ApiResource, fieldManagerConflicts } from "../../cluster";
import {
  ANNOTATION_CREATED_ONCE,
  FIELD_MANAGER,
  LABEL_NODE,
  LABEL_ORPHANED,
  LEGACY_FIELD_MANAGER,
} from "../../metadata";
import { describeConflicts } from "../../plan/field-conflict";
import { isImmutableRefusal } from "../../plan/immutable-field";
import { leaveIgnoredFields } from "../../plan/ignored-fields";
import { type InventoryEntry } from "../../plan/inventory";
import { handoverOf } from "../../plan/legacy";
import { type Ownership, ownershipOf } from "../../plan/ownership";
import { type ObjectClient, WriteForbiddenError } from "./object-access";
import { followPolicy, hasStrayOwner, ownersWithOurs, takeUpAgain } from "./retain";

/** What became of one write. */
export type WriteResult =
  | { readonly state: "written"; readonly object: KubernetesObject }
  /** Once: an object of ours from an earlier life, or one that rows share on purpose, stays as it is. */
  | { readonly state: "kept"; readonly object: KubernetesObject }
  /** `owner`: the other node that has it, by its namespace and label. */
  | { readonly state: "conflict"; readonly message: string; readonly owner?: string }
  /**
   * `passing`: may succeed soon without anybody's help, as when the namespace is not there yet.
   * `misfit`: the body does not fit the kind's schema.
   * `immutable`: only another object can have what is asked.
   */
  | {
      readonly state: "refused";
      readonly message: string;
      readonly passing: boolean;
      readonly misfit: boolean;
      readonly immutable: boolean;
    }
  /** The object of that name is on its way out. */
  | { readonly state: "terminating" };

export interface WriteRequest {
  readonly resource: ApiResource;
  readonly compiled: CompiledResource;
  readonly desired: KubernetesObject;
  readonly node: NodeIdentity;
  readonly entry: InventoryEntry | undefined;
  /** The object has sensitive values in it. */
  readonly secretive: boolean;
  /** UID of the object that is written again; an apply that carries it can neither create nor touch another object. */
  readonly uid: string | undefined;
}

/**
 * No object has this revision, so an apply that carries it creates or fails: the API server checks the revision of what exists in the same transaction.
 */
const NO_SUCH_REVISION = "1";

/** The Go operator's is inherited. */
const OURS = new Set([FIELD_MANAGER, LEGACY_FIELD_MANAGER]);

/** Writes objects by server-side apply, and never touches what is not ours without leave. */
export class ObjectWriter {
  constructor(private readonly client: ObjectClient) {}

  /**
   * First contact: one request that can only create. When an object of that name exists, it is read, and its owner decides.
   *
   * @throws ConnectionError, ApiError 5xx or conflict: nothing is known, try again
   */
  async create(request: WriteRequest): Promise<WriteResult> {
    const { desired, resource } = request;
    const creation = { ...desired, metadata: { ...desired.metadata, resourceVersion: NO_SUCH_REVISION } };
    try {
      const { object } = await this.client.apply(resource, creation, { fieldManager: FIELD_MANAGER });
      return { state: "written", object };
    } catch (error) {
      if (!(error instanceof ApiError && error.isConflict())) return refusal(error, request);
      try {
        return await this.meet(request, error);
      } catch (met) {
        // Whoever may write and not read: a refusal like any other.
        if (met instanceof ApiError && met.isForbidden()) return refusal(met, request);
        throw met;
      }
    }
  }

  /** Writes an object that is ours, taking back fields of ours that others changed. */
  async apply(request: WriteRequest): Promise<WriteResult> {
    try {
      const object = await this.write(request);
      if (!hasStrayOwner(object, request.desired)) return { state: "written", object };
      return { state: "written", object: await followPolicy(this.client, request.resource, object, request.desired) };
    } catch (error) {
      // Another object stands where ours was, or none: that is a first contact again.
      if (request.uid !== undefined && error instanceof ApiError && isOtherObject(error))
        return await this.create({ ...request, uid: undefined });
      return refusal(error, request);
    }
  }

  /**
   * Lets an object that is never written again follow its deletion policy: its annotation and our owner reference, and nothing else.
   *
   * @throws ConnectionError, ApiError 5xx or conflict: nothing is known, try again
   */
  async followPolicy(request: WriteRequest): Promise<WriteResult> {
    const { resource, desired, uid } = request;
    try {
      const live = await this.client.get(resource, {
        namespace: desired.metadata.namespace,
        name: desired.metadata.name ?? "",
      });
      if (live.metadata.uid !== uid) return { state: "kept", object: live };
      return { state: "kept", object: await followPolicy(this.client, resource, live, desired) };
    } catch (error) {
      return refusal(error, request);
    }
  }

  /**
   * Who holds which fields of an object of ours; undefined when nobody does. Asks without writing.
   *
   * @throws ConnectionError
   */
  async opponent({ resource, compiled, desired, uid }: WriteRequest): Promise<string | undefined> {
    const wanted = compiled.ignoreFields.reduce((object, path) => removeMatches(object, path).object, desired);
    try {
      await this.client.apply(resource, withUid(wanted, uid), { fieldManager: FIELD_MANAGER, dryRun: true });
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Our own updates are another manager to the API server than our applies.
      const conflicts = fieldManagerConflicts(error).filter(({ manager }) => !OURS.has(manager));
      return conflicts.length > 0 ? describeConflicts(conflicts, desired.apiVersion) : undefined;
    }
  }

  private async meet(request: WriteRequest, refused: ApiError): Promise<WriteResult> {
    const { resource, desired, node, compiled, entry } = request;
    const { namespace, name = "" } = desired.metadata;
    let live = await this.client.get(resource, { namespace, name });
    if (live.metadata.deletionTimestamp !== undefined) return { state: "terminating" };
    const ownership: Ownership = entry?.uid === live.metadata.uid ? { kind: "ours" } : ownershipOf(live, node);
    if (isSharedOnPurpose(compiled) && isAnyNodes(live, ownership)) return { state: "kept", object: live };
    switch (ownership.kind) {
      case "otherNode":
        return {
          state: "conflict",
          message: conflictMessage(
            request,
            `LynqNode ${ownership.node} already manages this object; two nodes cannot write one object`,
          ),
          owner: ownership.node,
        };
      case "foreign":
        if (compiled.conflictPolicy === "Stuck") {
          return {
            state: "conflict",
            message: conflictMessage(request, whoOwns(ownership, refused, desired.apiVersion)),
          };
        }
        break;
      case "orphan": {
        // Left behind it was anybody's: what somebody has changed since is theirs.
        const since =
          compiled.conflictPolicy === "Stuck" ? await this.opponent({ ...request, uid: undefined }) : undefined;
        if (since !== undefined) return { state: "conflict", message: conflictMessage(request, since) };
        live = await takeUpAgain(this.client, resource, live, desired);
        // What was made once is not made anew because its row was away.
        if (compiled.creationPolicy === "Once")
          return { state: "kept", object: await followPolicy(this.client, resource, live, desired) };
        break;
      }
      case "ours":
        if (compiled.creationPolicy === "Once" && live.metadata.annotations?.[ANNOTATION_CREATED_ONCE] === "true") {
          // The Go operator tracks by owner alone; an object without our labels is not seen.
          const tracked = live.metadata.labels?.[LABEL_NODE] !== undefined;
          return { state: "kept", object: tracked ? live : await takeUpAgain(this.client, resource, live, desired) };
        }
        break;
    }
    await this.inherit(resource, live);
    return await this.apply({ ...request, uid: live.metadata.uid });
  }

  private async write(request: WriteRequest): Promise<KubernetesObject> {
    try {
      return await this.writeAs(request, request.desired);
    } catch (error) {
      if (!(error instanceof ApiError && hasOtherController(error))) throw error;
      return await this.writeAs(request, besideController(request.desired));
    }
  }

  private async writeAs(request: WriteRequest, desired: KubernetesObject): Promise<KubernetesObject> {
    const { resource, compiled } = request;
    const key = { namespace: desired.metadata.namespace, name: desired.metadata.name ?? "" };
    const options = { fieldManager: FIELD_MANAGER };
    if (compiled.patchStrategy === "apply" && compiled.ignoreFields.length === 0) {
      return (await this.client.apply(resource, withUid(desired, request.uid), { ...options, force: true })).object;
    }
    const live = await this.client.get(resource, key);
    const wanted = withUid(
      leaveIgnoredFields(desired, live, compiled.ignoreFields, compiled.patchStrategy),
      request.uid,
    );
    switch (compiled.patchStrategy) {
      case "apply":
        return (await this.client.apply(resource, wanted, { ...options, force: true })).object;
      case "merge":
        return await this.client.mergePatch(resource, key, withOwners(wanted, live), options);
      case "replace":
        return await this.client.replace(resource, replacement(wanted, live), options);
    }
  }

  /** Takes over what the Go operator left on the object. */
  private async inherit(resource: ApiResource, live: KubernetesObject): Promise<void> {
    const handover = handoverOf(live);
    if (handover === undefined) return;
    const { namespace, name = "", uid, resourceVersion } = live.metadata;
    const patch = { metadata: { ...handover, uid, resourceVersion } };
    await this.client.mergePatch(resource, { namespace, name }, patch, { fieldManager: FIELD_MANAGER });
  }
}

/** `metadata.ownerReferences: Invalid value: …: Only one reference can have Controller set to true` (apimachinery, ValidateOwnerReferences). */
function hasOtherController(error: ApiError): boolean {
  return error.isInvalid() && error.causes.some(({ field }) => field === "metadata.ownerReferences");
}

/** Another node has it, or one has left it behind. */
function isAnyNodes(live: KubernetesObject, { kind }: Ownership): boolean {
  return kind === "otherNode" || (kind === "foreign" && live.metadata.labels?.[LABEL_ORPHANED] === "true");
}

/** An object has one controller only; taken by force from another, it has us as a plain owner. */
function besideController(desired: KubernetesObject): KubernetesObject {
  const owners = desired.metadata.ownerReferences?.map(({ apiVersion, kind, name, uid }) => ({
    apiVersion,
    kind,
    name,
    uid,
  }));
  return owners === undefined ? desired : { ...desired, metadata: { ...desired.metadata, ownerReferences: owners } };
}

function withUid(object: KubernetesObject, uid: string | undefined): KubernetesObject {
  return uid === undefined ? object : { ...object, metadata: { ...object.metadata, uid } };
}

/** The UID in the apply is not the object's (422), or there is no object (409 uid mismatch, 404). */
function isOtherObject(error: ApiError): boolean {
  return (
    error.isNotFound() ||
    (error.isConflict() && /uid mismatch|UID in precondition/.test(error.serverMessage)) ||
    (error.isInvalid() && error.causes.some(cause => cause.field === "metadata.uid"))
  );
}

/** A patch and an update replace the whole list of owners: those that others set stay, ours is there or not as the policy says. */
function withOwners(desired: KubernetesObject, live: KubernetesObject): KubernetesObject {
  return { ...desired, metadata: { ...desired.metadata, ownerReferences: ownersWithOurs(desired, live) } };
}

/** A full update keeps what makes the object the one it is: revision, finalizers and the owners that others set. */
function replacement(desired: KubernetesObject, live: KubernetesObject): KubernetesObject {
  const { resourceVersion, finalizers } = live.metadata;
  const { metadata, ...body } = withOwners(desired, live);
  return {
    ...body,
    metadata: {
      ...metadata,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
  };
}

/** Errors 500 that are about this object alone: a body that does not fit its kind's schema, and a webhook of its kind that is away. */
const MISFIT = /^failed to (create typed patch object|convert new object)/;
const WEBHOOK_AWAY = /failed calling webhook/;

/** @throws the error, when it tells nothing of this object */
function refusal(error: unknown, { secretive }: WriteRequest): WriteResult {
  if (error instanceof WriteForbiddenError) {
    return { state: "refused", message: error.message, passing: false, misfit: false, immutable: false };
  }
  if (!(error instanceof ApiError)) throw error;
  const { serverMessage, status } = error;
  const misfit = status === 500 && MISFIT.test(serverMessage);
  const webhookAway = status === 500 && WEBHOOK_AWAY.test(serverMessage);
  if (!misfit && !webhookAway && (status >= 500 || status === 429 || status === 401)) throw error;
  const passing = webhookAway || error.isNotFound() || error.isConflict();
  const immutable = isImmutableRefusal(status, serverMessage);
  return { state: "refused", message: secretive ? withoutWords(error) : serverMessage, passing, misfit, immutable };
}

/** What is wrong with which field, without the API server's words: they quote values, in whatever notation. */
function withoutWords({ status, reason, causes }: ApiError): string {
  const fields = causes.map(cause => `${cause.field === "" ? "it" : cause.field} (${cause.reason})`);
  return (
    `the API server refused ${fields.length === 0 ? "it" : fields.join(", ")} with ${status}${reason === "" ? "" : ` ${reason}`}; ` +
    "its words are not shown, since they may quote a sensitive value"
  );
}

/** The articles' sentence: which object, which policy, which manager and which field. */
function conflictMessage({ desired, compiled }: WriteRequest, error: string): string {
  const { namespace, name = "" } = desired.metadata;
  return (
    `Resource conflict detected for ${namespace === undefined ? name : `${namespace}/${name}`} ` +
    `(Kind: ${desired.kind}, Policy: ${compiled.conflictPolicy}). Another controller or user may be managing this resource. ` +
    `Consider using ConflictPolicy=Force to take ownership or resolve the conflict manually. Error: ${error}`
  );
}

function whoOwns(ownership: Extract<Ownership, { kind: "foreign" }>, refused: ApiError, apiVersion: string): string {
  const conflicts = fieldManagerConflicts(refused);
  if (conflicts.length > 0) return describeConflicts(conflicts, apiVersion);
  const owner =
    ownership.controller ??
    (ownership.managers.length > 0
      ? ownership.managers.map(manager => JSON.stringify(manager)).join(", ")
      : "somebody else");
  return `the object exists and is managed by ${owner}; its values agree, but it is not Lynq's`;
}
