/** What kinds the API server serves, asked lazily per group and version. */

import { formatApiVersion, isPlainObject, type GroupVersionKind } from "../blueprint/object";
import { type ApiClient } from "./client";
import { systemClock, type Clock } from "./clock";
import { ApiError, UnexpectedResponseError } from "./errors";
import { groupVersionPath, PathSegmentError, type ApiResource } from "./resource";

export interface DiscoveryOptions {
  /** An unknown kind asks the server again at most this often per group and version, in milliseconds. Default 10,000. */
  readonly refreshSpacingMs?: number;
  readonly clock?: Clock;
}

interface GroupVersion {
  /** By kind. Empty when the server does not serve this group and version. */
  readonly resources: ReadonlyMap<string, ApiResource>;
  readonly askedAt: number;
}

export class Discovery {
  private readonly known = new Map<string, GroupVersion>();
  private readonly asking = new Map<string, Promise<GroupVersion>>();
  private readonly spacing: number;
  private readonly clock: Clock;

  constructor(
    private readonly client: Pick<ApiClient, "request">,
    options: DiscoveryOptions = {},
  ) {
    this.spacing = options.refreshSpacingMs ?? 10_000;
    this.clock = options.clock ?? systemClock;
  }

  /**
   * How the kind is served; undefined when it is not.
   * @throws ApiError, ConnectionError when the server cannot say
   */
  async resolve(gvk: GroupVersionKind): Promise<ApiResource | undefined> {
    const groupVersion = formatApiVersion(gvk);
    const cached = this.known.get(groupVersion);
    const found = cached?.resources.get(gvk.kind);
    if (found !== undefined) return found;
    if (cached !== undefined && this.clock.now() - cached.askedAt < this.spacing) return undefined;
    return (await this.ask(gvk)).resources.get(gvk.kind);
  }

  /**
   * The kind as it is served in this version or, where that is not served any more, in another of its group: its objects are the same.
   *
   * @throws ApiError, ConnectionError when the server cannot say
   */
  async resolveAnyVersion(gvk: GroupVersionKind): Promise<ApiResource | undefined> {
    const found = await this.resolve(gvk);
    if (found !== undefined || gvk.group === "") return found;
    for (const version of await this.versionsOf(gvk.group)) {
      const other = await this.resolve({ ...gvk, version });
      if (other !== undefined) return other;
    }
    return undefined;
  }

  /**
   * Every kind of that name that can be listed, in the version that its group prefers. Asks for every group that the server has: for what is rare.
   *
   * @throws ApiError, ConnectionError when the server cannot say
   */
  async resolveName(kind: string): Promise<ApiResource[]> {
    const answer = await this.client.request("GET", "/apis");
    const groups = isPlainObject(answer) && Array.isArray(answer.groups) ? answer.groups.filter(isPlainObject) : [];
    const preferred = groups.flatMap(({ name, preferredVersion }) => {
      const version = isPlainObject(preferredVersion) ? preferredVersion.version : undefined;
      return typeof name === "string" && typeof version === "string" ? [{ group: name, version }] : [];
    });
    const found = await Promise.all(
      [{ group: "", version: "v1" }, ...preferred].map(groupVersion => this.resolve({ ...groupVersion, kind })),
    );
    return found.flatMap(resource => (resource?.verbs.includes("list") === true ? [resource] : []));
  }

  private async versionsOf(group: string): Promise<string[]> {
    try {
      const answer = await this.client.request("GET", `/apis/${encodeURIComponent(group)}`);
      const versions = isPlainObject(answer) && Array.isArray(answer.versions) ? answer.versions : [];
      return versions.filter(isPlainObject).flatMap(({ version }) => (typeof version === "string" ? [version] : []));
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound()) return [];
      throw error;
    }
  }

  /** Forgets a group, for instance because one of its CRDs appeared, changed or went. */
  invalidate(group: string): void {
    for (const cache of [this.known, this.asking]) {
      for (const groupVersion of cache.keys()) {
        const slash = groupVersion.indexOf("/");
        if ((slash < 0 ? "" : groupVersion.slice(0, slash)) === group) cache.delete(groupVersion);
      }
    }
  }

  private ask(gvk: GroupVersionKind): Promise<GroupVersion> {
    const groupVersion = formatApiVersion(gvk);
    const running = this.asking.get(groupVersion);
    if (running !== undefined) return running;
    const asking: Promise<GroupVersion> = this.fetch(gvk)
      .then(resources => {
        const answer = { resources, askedAt: this.clock.now() };
        // An answer from before an invalidation is returned to who asked, but not kept.
        if (this.asking.get(groupVersion) === asking) this.known.set(groupVersion, answer);
        return answer;
      })
      .finally(() => {
        if (this.asking.get(groupVersion) === asking) this.asking.delete(groupVersion);
      });
    this.asking.set(groupVersion, asking);
    return asking;
  }

  private async fetch(gvk: GroupVersionKind): Promise<ReadonlyMap<string, ApiResource>> {
    try {
      const path = groupVersionPath(gvk);
      return readResources(await this.client.request("GET", path), gvk, path);
    } catch (error) {
      if (error instanceof PathSegmentError || (error instanceof ApiError && error.isNotFound())) return new Map();
      throw error;
    }
  }
}

function readResources(value: unknown, gvk: GroupVersionKind, path: string): ReadonlyMap<string, ApiResource> {
  if (!isPlainObject(value) || !Array.isArray(value.resources)) {
    throw new UnexpectedResponseError(`GET ${path} answered with something that is not an APIResourceList.`);
  }
  const resources = new Map<string, ApiResource>();
  for (const item of value.resources.filter(isPlainObject)) {
    const { name, kind, namespaced, verbs } = item;
    if (typeof name !== "string" || typeof kind !== "string" || name.includes("/") || resources.has(kind)) continue;
    resources.set(kind, {
      group: gvk.group,
      version: gvk.version,
      kind,
      plural: name,
      namespaced: namespaced === true,
      verbs: Array.isArray(verbs) ? verbs.filter(verb => typeof verb === "string") : [],
    });
  }
  return resources;
}
