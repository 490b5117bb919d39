/** The verbs of the API server, typed. */

import { formatApiVersion, type KubernetesObject } from "../blueprint/object";
import {
  type ApiClientOptions,
  type ApplyOptions,
  type ApplyResult,
  type CallOptions,
  type DeleteOptions,
  type ListOptions,
  type QueryValue,
  type RequestOptions,
  type WatchOptions,
  type WriteOptions,
} from "./client-options";
import { type Priority } from "./concurrency-limit";
import { ApiError } from "./errors";
import { type ClusterConnection, type Impersonation } from "./kubeconfig";
import { Requester } from "./requester";
import { resourcePath, type ApiResource, type ObjectKey } from "./resource";
import { readList, readObject, withType, type ListPage, type TypeMeta } from "./response";
import { type HttpStream } from "./transport";
import { type WritePermit } from "./write-permit";

const PARTIAL_OBJECT = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
const PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/**
 * Every method throws ApiError for a refusal, ConnectionError when no answer came, UnexpectedResponseError for an
 * answer that is none of the API's, PathSegmentError for impossible names, and the signal's reason when it is aborted.
 */
export class ApiClient {
  private readonly requester: Requester;

  constructor(
    readonly connection: ClusterConnection,
    options: ApiClientOptions = {},
    requester?: Requester,
  ) {
    this.requester = requester ?? new Requester(connection, options);
  }

  /** The same connections, acting as somebody else; we need the right to impersonate them. */
  as(impersonate: Impersonation): ApiClient {
    return new ApiClient({ ...this.connection, impersonate }, {}, this.requester.as(impersonate));
  }

  /** The same connections, for as long as the permit lets them write; reads are free. Whoever is made from it by {@link as} is bound, too. */
  permittedBy(permit: WritePermit): ApiClient {
    return new ApiClient(this.connection, {}, this.requester.permittedBy(permit));
  }

  /** The same connections and user, for work of another urgency. */
  of(priority: Priority): ApiClient {
    return new ApiClient(this.connection, {}, this.requester.of(priority));
  }

  /** Requests under way and waiting for a place, and how many may run at once now. */
  get load(): { running: number; waiting: number; limit: number } {
    const { running, waiting, limit } = this.requester.limit;
    return { running, waiting, limit };
  }

  /** Any request; the parsed JSON of its answer. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    return (await this.requester.exchange(method, path, options)).value;
  }

  async get(
    resource: ApiResource,
    key: ObjectKey,
    options: CallOptions & { readonly metadataOnly?: boolean } = {},
  ): Promise<KubernetesObject> {
    const path = resourcePath(resource, key.namespace, key.name);
    const accept = options.metadataOnly === true ? { accept: PARTIAL_OBJECT } : {};
    const value = await this.request("GET", path, { ...call(options), ...accept, resource: resource.plural });
    return readObject(withType(value, typeMeta(resource)), `GET ${path}`);
  }

  /** All pages, one after the other; none is kept. A continue token that expires midway throws (`isGone`): start again. */
  async *pages(resource: ApiResource, options: ListOptions = {}): AsyncGenerator<ListPage, void, undefined> {
    let continueToken = "";
    do {
      const page = await this.page(resource, options, continueToken);
      continueToken = page.continueToken;
      yield page;
    } while (continueToken !== "");
  }

  /** Every object at once, and the revision of the list. Starts again once when the continue token expires. */
  async list(
    resource: ApiResource,
    options: ListOptions = {},
  ): Promise<{ items: KubernetesObject[]; resourceVersion: string }> {
    for (let attempt = 1; ; attempt++) {
      try {
        const items: KubernetesObject[] = [];
        let resourceVersion = "";
        for await (const page of this.pages(resource, options)) {
          for (const item of page.items) items.push(item);
          resourceVersion = page.resourceVersion;
        }
        return { items, resourceVersion };
      } catch (error) {
        if (attempt > 1 || !(error instanceof ApiError) || !error.isGone()) throw error;
      }
    }
  }

  private async page(resource: ApiResource, options: ListOptions, continueToken: string): Promise<ListPage> {
    const path = resourcePath(resource, options.namespace);
    const first = continueToken === "";
    const value = await this.request("GET", path, {
      ...call(options),
      query: {
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
        limit: options.limit ?? 500,
        continue: first ? undefined : continueToken,
        // The server refuses a revision beside a continue token.
        resourceVersion: first ? options.resourceVersion : undefined,
        resourceVersionMatch: first ? options.resourceVersionMatch : undefined,
      },
      ...(options.metadataOnly === true ? { accept: PARTIAL_LIST } : {}),
      verb: "list",
      resource: resource.plural,
    });
    return readList(value, typeMeta(resource), `LIST ${path}`);
  }

  /** Opens a watch on a connection of its own; its chunks are lines of JSON. Not retried: use an Informer. */
  watch(resource: ApiResource, options: WatchOptions): Promise<HttpStream> {
    const path = resourcePath(resource, options.namespace);
    const accept = options.metadataOnly === true ? PARTIAL_OBJECT : "application/json";
    return this.requester.open(path, accept, resource.plural, options);
  }

  /** Not tried again after a broken connection: the object may exist. A ConnectionError with `requestSent` leaves that open. */
  async create(resource: ApiResource, object: KubernetesObject, options: WriteOptions = {}): Promise<KubernetesObject> {
    const path = resourcePath(resource, object.metadata.namespace);
    return readObject(await this.request("POST", path, write(resource, object, options)), `POST ${path}`);
  }

  /** Server-side apply. Conflicts with other managers: `fieldManagerConflicts(error)`. */
  async apply(resource: ApiResource, object: KubernetesObject, options: ApplyOptions): Promise<ApplyResult> {
    const { namespace, name } = object.metadata;
    const path = resourcePath(resource, namespace, name ?? "", options.subresource);
    const request = write(resource, object, options, { force: options.force === true });
    const { status, value } = await this.requester.exchange("PATCH", path, {
      ...request,
      contentType: "application/apply-patch+yaml",
      verb: "apply",
    });
    return { object: readObject(value, `APPLY ${path}`), created: status === 201 };
  }

  /** JSON merge patch (RFC 7386): null removes, lists are replaced. */
  mergePatch(
    resource: ApiResource,
    key: ObjectKey,
    patch: object,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    return this.patch(resource, key, patch, { contentType: "application/merge-patch+json" }, options);
  }

  /** JSON patch (RFC 6902). Not tried again after a broken connection: adding to a list twice is not adding once. */
  jsonPatch(
    resource: ApiResource,
    key: ObjectKey,
    operations: readonly object[],
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    const how = { contentType: "application/json-patch+json", idempotent: false };
    return this.patch(resource, key, operations, how, options);
  }

  /** Merge patch of the status subresource; `status` becomes the field `status` of the patch. */
  patchStatus(
    resource: ApiResource,
    key: ObjectKey,
    status: object,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    return this.mergePatch(resource, key, { status }, { ...options, subresource: "status" });
  }

  private async patch(
    resource: ApiResource,
    key: ObjectKey,
    body: object,
    how: Pick<RequestOptions, "contentType" | "idempotent">,
    options: WriteOptions,
  ): Promise<KubernetesObject> {
    const path = resourcePath(resource, key.namespace, key.name, options.subresource);
    const value = await this.request("PATCH", path, { ...write(resource, body, options), ...how });
    return readObject(value, `PATCH ${path}`);
  }

  /** Full update. With metadata.resourceVersion it fails with a conflict when somebody was faster. */
  async replace(
    resource: ApiResource,
    object: KubernetesObject,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    const { namespace, name } = object.metadata;
    const path = resourcePath(resource, namespace, name ?? "", options.subresource);
    return readObject(await this.request("PUT", path, write(resource, object, options)), `PUT ${path}`);
  }

  /** Resolves when the server has accepted; finalizers may keep the object for a while. Not found: ApiError `isNotFound`. */
  async delete(resource: ApiResource, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const { preconditions, propagationPolicy, gracePeriodSeconds } = options;
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...(preconditions === undefined ? {} : { preconditions }),
      ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(options.dryRun === true ? { dryRun: ["All"] } : {}),
    };
    const path = resourcePath(resource, key.namespace, key.name);
    await this.request("DELETE", path, { ...call(options), body, resource: resource.plural });
  }

  /** Closes every connection; requests under way fail. Shared with clients made by `as`. */
  close(): void {
    this.requester.close();
  }
}

function typeMeta(resource: ApiResource): TypeMeta {
  return { apiVersion: formatApiVersion(resource), kind: resource.kind };
}

function call(options: CallOptions): CallOptions {
  return {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  };
}

function write(
  resource: ApiResource,
  body: object,
  options: WriteOptions,
  query: Record<string, QueryValue> = {},
): RequestOptions {
  const { fieldManager, fieldValidation } = options;
  return {
    ...call(options),
    query: { fieldManager, fieldValidation, dryRun: options.dryRun === true ? "All" : undefined, ...query },
    body,
    resource: resource.plural,
  };
}
