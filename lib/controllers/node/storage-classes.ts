import { type ApiClient, type ApiResource } from "../../cluster";
import { type UnboundClaim } from "../../plan/child";

const STORAGE_CLASSES: ApiResource = {
  group: "storage.k8s.io",
  version: "v1",
  kind: "StorageClass",
  plural: "storageclasses",
  namespaced: false,
  verbs: ["get", "list"],
};
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
/** Key of the default class; no class can be called so. The empty name means: no class at all. */
const DEFAULT = "(default)";
const KEEP_MS = 60_000;
/** A class that is not known may have come since; a claim of a class that never comes costs no more than one request in so long. */
const UNKNOWN_MS = 1_000;

/** Knows which storage classes bind a claim only when a pod uses it; such a claim must not hold up the pod. */
export class StorageClasses {
  private modes: Promise<ReadonlyMap<string, boolean>> | undefined;
  private askedAt = 0;

  constructor(
    private readonly client: ApiClient,
    private readonly now: () => number,
  ) {}

  /** Whether the claim stays unbound until a pod uses it. A claim that names none has the cluster's default class. */
  async waitsForFirstConsumer(claim: UnboundClaim): Promise<boolean> {
    const name = claim.storageClassName ?? DEFAULT;
    try {
      const known = await this.modesWithin(KEEP_MS);
      return known.get(name) ?? (await this.modesWithin(UNKNOWN_MS)).get(name) ?? false;
    } catch (error) {
      this.modes = undefined;
      throw error;
    }
  }

  private modesWithin(ms: number): Promise<ReadonlyMap<string, boolean>> {
    if (this.modes === undefined || this.now() - this.askedAt > ms) {
      this.askedAt = this.now();
      this.modes = this.read();
    }
    return this.modes;
  }

  private async read(): Promise<ReadonlyMap<string, boolean>> {
    const modes = new Map<string, boolean>();
    for (const item of (await this.client.list(STORAGE_CLASSES)).items) {
      const waits = item["volumeBindingMode"] === "WaitForFirstConsumer";
      modes.set(item.metadata.name ?? "", waits);
      if (item.metadata.annotations?.[DEFAULT_CLASS] === "true") modes.set(DEFAULT, waits);
    }
    return modes;
  }
}
