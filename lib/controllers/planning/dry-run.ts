import { type KubernetesObject } from "../../blueprint/object";
import {
  type ApiResource,
  type ApplyOptions,
  type ApplyResult,
  type DeleteOptions,
  type ObjectKey,
  type WriteOptions,
} from "../../cluster";
import { type ObjectClient } from "../node/object-access";

/** The same requests, of which the API server stores nothing: its answers are what would be. */
export class DryRunClient implements ObjectClient {
  /** What was last read: the object as it is. */
  seen: KubernetesObject | undefined;

  constructor(private readonly client: ObjectClient) {}

  async get(resource: ApiResource, key: ObjectKey): Promise<KubernetesObject> {
    this.seen = await this.client.get(resource, key);
    return this.seen;
  }

  apply(resource: ApiResource, object: KubernetesObject, options: ApplyOptions): Promise<ApplyResult> {
    return this.client.apply(resource, object, { ...options, dryRun: true });
  }

  mergePatch(
    resource: ApiResource,
    key: ObjectKey,
    patch: object,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    return this.client.mergePatch(resource, key, patch, { ...options, dryRun: true });
  }

  jsonPatch(
    resource: ApiResource,
    key: ObjectKey,
    operations: readonly object[],
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    return this.client.jsonPatch(resource, key, operations, { ...options, dryRun: true });
  }

  replace(resource: ApiResource, object: KubernetesObject, options: WriteOptions = {}): Promise<KubernetesObject> {
    return this.client.replace(resource, object, { ...options, dryRun: true });
  }

  delete(resource: ApiResource, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    return this.client.delete(resource, key, { ...options, dryRun: true });
  }
}
