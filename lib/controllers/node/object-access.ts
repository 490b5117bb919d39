import { type LynqNodeObject } from "../../../crds";
import { type KubernetesObject } from "../../blueprint/object";
import {
  type ApiClient,
  type ApiResource,
  type ApplyOptions,
  type ApplyResult,
  type DeleteOptions,
  type ObjectKey,
  type Priority,
  type WriteOptions,
} from "../../cluster";
import { type WritePolicy, type WriteRefusal, type WriteVerb } from "../../plan/write-policy";

/** What the operator does with the objects of forms. */
export type ObjectClient = Pick<ApiClient, "get" | "apply" | "mergePatch" | "jsonPatch" | "replace" | "delete">;

/** An administrator's settings, or what the operator never does, forbid a write; no request was made. */
export class WriteForbiddenError extends Error {
  override readonly name = "WriteForbiddenError";

  constructor({ about, message }: WriteRefusal) {
    super(about === "serviceAccount" ? `spec.serviceAccountName of the form ${message}` : message);
  }
}

/** User name of a ServiceAccount. The API server adds its groups by itself, so that no right to impersonate groups is needed. */
export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The only way to the objects of forms: as the node's ServiceAccount, where it names one, and never past the write policy. */
export class ObjectAccess {
  constructor(
    private readonly client: ApiClient,
    private readonly policy: WritePolicy,
  ) {}

  /**
   * Everything done for a node is done as the account that the node names now, its clean-up included (docs/decisions/service-account.md).
   *
   * @param verb what the client's writes are for
   */
  of(
    { metadata: { namespace = "" }, spec: { serviceAccountName } }: LynqNodeObject,
    verb: WriteVerb,
    priority: Priority = "urgent",
  ): ObjectClient {
    return this.as(namespace, serviceAccountName, verb, priority);
  }

  /** As an account of the namespace; as the operator itself where there is none. */
  as(
    namespace: string,
    serviceAccountName: string | undefined,
    verb: WriteVerb,
    priority: Priority = "urgent",
  ): ObjectClient {
    const own = priority === "urgent" ? this.client : this.client.of(priority);
    const client =
      serviceAccountName === undefined ? own : own.as({ user: serviceAccountUser(namespace, serviceAccountName) });
    /** @throws WriteForbiddenError */
    const guard = ({ group, kind, namespaced }: ApiResource, key: Partial<ObjectKey>): void => {
      const target = { group, kind, namespace: namespaced ? key.namespace : undefined, name: key.name };
      const refusal = this.policy.refusal(target, serviceAccountName, verb);
      if (refusal !== undefined) throw new WriteForbiddenError(refusal);
    };
    return new GuardedClient(client, guard);
  }
}

class GuardedClient implements ObjectClient {
  constructor(
    private readonly client: ApiClient,
    private readonly guard: (resource: ApiResource, key: Partial<ObjectKey>) => void,
  ) {}

  get(resource: ApiResource, key: ObjectKey): Promise<KubernetesObject> {
    return this.client.get(resource, key);
  }

  async apply(resource: ApiResource, object: KubernetesObject, options: ApplyOptions): Promise<ApplyResult> {
    this.guard(resource, object.metadata);
    return await this.client.apply(resource, object, options);
  }

  async mergePatch(
    resource: ApiResource,
    key: ObjectKey,
    patch: object,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    this.guard(resource, key);
    return await this.client.mergePatch(resource, key, patch, options);
  }

  async jsonPatch(
    resource: ApiResource,
    key: ObjectKey,
    operations: readonly object[],
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    this.guard(resource, key);
    return await this.client.jsonPatch(resource, key, operations, options);
  }

  async replace(
    resource: ApiResource,
    object: KubernetesObject,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    this.guard(resource, object.metadata);
    return await this.client.replace(resource, object, options);
  }

  async delete(resource: ApiResource, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    this.guard(resource, key);
    await this.client.delete(resource, key, options);
  }
}
