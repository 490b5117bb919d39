import { type ChildFact } from "../../plan/child";
import { type InventoryEntry } from "../../plan/inventory";
import { type ResourceOutcome } from "../../status";
import { type Children } from "./children";
import { type PreparedResource } from "./node-resources";
import { type StorageClasses } from "./storage-classes";

type Wanted = Extract<PreparedResource, { kind: "wanted" }>;

/** An outcome without what became of it. */
export type Identified = Pick<ResourceOutcome, "id" | "kind" | "namespace" | "name" | "wave">;

export interface ReadinessContext {
  /** Kept up to date: an object that is ready is noted as having been so. */
  readonly inventory: Map<string, InventoryEntry>;
  /** Hides sensitive values in what a status says. */
  readonly redact: (message: string) => string;
}

/** Tells where an object stands that is as it should be: ready, on its way, fallen back, or too late. */
export class ResourceReadiness {
  constructor(
    private readonly children: Pick<Children, "judgeAgain">,
    private readonly storageClasses: StorageClasses,
    private readonly now: () => number,
  ) {}

  /**
   * @param child the object; undefined for one that was made once and is gone
   * @param wake called with the milliseconds until its timeout
   */
  async assess(
    { key, compiled, resource }: Wanted,
    identified: Identified,
    child: ChildFact | undefined,
    { inventory, redact }: ReadinessContext,
    wake: (ms: number) => void,
  ): Promise<ResourceOutcome> {
    const entry = inventory.get(key);
    if (child === undefined) {
      // Once: made, finished and gone (a Job with a time to live) is what was asked for.
      return { ...identified, state: "Ready", reason: "CreatedOnce", message: "created once" };
    }
    if (!compiled.waitForReady) return { ...identified, state: "Ready", reason: "Applied", message: "applied" };
    const { readyWhen } = compiled;
    const { readiness } =
      child.deleting || child.readyRule === readyWhen?.id
        ? child
        : await this.children.judgeAgain(resource, child, readyWhen);
    const message = redact(readiness.message);
    const ready =
      readiness.state === "Ready" ||
      (readyWhen === undefined &&
        child.unboundClaim !== undefined &&
        (await this.storageClasses.waitsForFirstConsumer(child.unboundClaim)));
    if (ready) {
      if (entry !== undefined && entry.readyOnce !== true) inventory.set(key, { ...entry, readyOnce: true });
      return { ...identified, state: "Ready", reason: "Ready", message };
    }
    // What ran with this very content is degraded, not failed, whatever has become of it.
    if (entry?.readyOnce === true) return { ...identified, state: "Progressing", reason: "FellBack", message };
    if (readiness.state === "Failed") return { ...identified, state: "Failed", reason: "ResourceFailed", message };
    const left = Date.parse(entry?.appliedAt ?? "") + compiled.timeoutSeconds * 1000 - this.now();
    if (Number.isFinite(left) && left <= 0) {
      const late = `not ready ${compiled.timeoutSeconds} s after it was applied: ${message}`;
      return { ...identified, state: "Failed", reason: "ReadinessTimeout", message: late };
    }
    if (Number.isFinite(left)) wake(left + 50);
    return { ...identified, state: "Progressing", reason: "NotReady", message };
  }
}
