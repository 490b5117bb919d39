import { type LynqNodeObject, type LynqNodeStatus } from "../../../crds";
import { type ApiClient, ApiError, type EventRecorder, type Priority } from "../../cluster";
import { atLeastAsNew } from "../../plan/child";
import { eventsFor, isOnlyProgress, type ResourceOutcome, statusPatch, worthKnowing } from "../../status";
import { NODES } from "../kinds";

/** Progress is told when it lasts: most nodes arrive before, and one status says it all. */
const PROGRESS_MS = 5_000;
/** While others wait for their turn, progress waits, too, but no longer than this. */
const BUSY_MS = 20_000;

/** What a node's status and events say, as far as we know; losing it costs an event told twice. */
export interface Told {
  /** Outcomes that events have been told of, as far as {@link worthKnowing}; undefined before the first. */
  outcomes: readonly ResourceOutcome[] | undefined;
  /** Our last status write, until the store has caught up with it. */
  written: { readonly status: LynqNodeStatus; readonly resourceVersion: string } | undefined;
  /** Of the requests of this pass. */
  priority: Priority;
  /** What is to be told when it lasts. */
  untold: Untold | undefined;
}

interface Untold {
  readonly status: LynqNodeStatus;
  /** In milliseconds, of the first of what was not told. */
  readonly since: number;
  /** Whether objects were written because of their content. */
  readonly hasWritten: boolean;
}

export interface Report {
  readonly status: LynqNodeStatus;
  readonly outcomes: readonly ResourceOutcome[];
  /** Whether the pass created or changed objects because their content changed. */
  readonly hasWritten: boolean;
  /** The pass could not look at everything. */
  readonly isPartial: boolean;
}

/** As much of a cluster as is told to. */
export interface Audience {
  readonly client: { of(priority: Priority): Pick<ApiClient, "patchStatus"> };
  readonly events: Pick<EventRecorder, "record">;
  readonly now: () => number;
}

/** Writes a node's status and events: at once what matters, and what is only progress when it lasts. */
export class NodePublisher {
  /** @param isBusy whether there is more to do than can be done at once */
  constructor(
    private readonly cluster: Audience,
    private readonly isBusy: () => boolean,
  ) {}

  /** The status to go on from: the last pass knows best, whether it was told or not. */
  known(node: LynqNodeObject, told: Told): LynqNodeStatus | undefined {
    return told.untold?.status ?? this.published(node, told);
  }

  /** Tells a report, or keeps it for later. @returns after how many milliseconds it is to be told, if it was not */
  async tell(node: LynqNodeObject, told: Told, report: Report): Promise<number | undefined> {
    const { status, outcomes } = report;
    const hasWritten = report.hasWritten || told.untold?.hasWritten === true;
    const left = report.isPartial ? undefined : this.later(node, told, status, hasWritten);
    if (left !== undefined) return left;
    for (const { type, reason, message } of eventsFor(told.outcomes, outcomes, {
      written: hasWritten ? 1 : 0,
      ...(node.status === undefined ? {} : { reported: node.status }),
    })) {
      this.cluster.events.record(node, type, reason, message);
    }
    told.outcomes = worthKnowing(outcomes);
    await this.publish(node, told, status);
    return undefined;
  }

  /** As {@link tell}, of a clean-up, which tells its own events. */
  async tellDeletion(node: LynqNodeObject, told: Told, status: LynqNodeStatus): Promise<number | undefined> {
    const left = this.later(node, told, status, false);
    if (left === undefined) await this.publish(node, told, status);
    return left;
  }

  /** Writes the status if it changed. */
  async publish(node: LynqNodeObject, told: Told, next: LynqNodeStatus): Promise<void> {
    const patch = statusPatch(this.published(node, told), next);
    if (patch !== undefined) {
      const { namespace, name = "" } = node.metadata;
      const client = this.cluster.client.of(told.priority);
      // Until it is written, this pass knows better than the API server.
      told.untold = { status: next, since: told.untold?.since ?? this.cluster.now(), hasWritten: false };
      try {
        const { metadata } = await client.patchStatus(NODES, { namespace, name }, patch.status);
        told.written = { status: next, resourceVersion: metadata.resourceVersion ?? "0" };
      } catch (error) {
        // The node went away meanwhile: there is nobody left to tell.
        if (!(error instanceof ApiError && error.isNotFound())) throw error;
      }
    }
    told.untold = undefined;
  }

  /** Keeps what is only progress, and has not lasted: for how many milliseconds more. Undefined when it is to be told now. */
  private later(node: LynqNodeObject, told: Told, status: LynqNodeStatus, hasWritten: boolean): number | undefined {
    const published = this.published(node, told);
    if (!isOnlyProgress(published, status)) return undefined;
    if (statusPatch(published, status) === undefined) return undefined;
    const now = this.cluster.now();
    const since = told.untold?.since ?? now;
    const left = since + PROGRESS_MS - now;
    if (left <= 0 && !(this.isBusy() && now < since + BUSY_MS)) return undefined;
    told.untold = { status, since, hasWritten };
    return left > 0 ? left : PROGRESS_MS;
  }

  /** We are the only writer of the status, so our last write counts until the store has caught up with it. */
  private published(node: LynqNodeObject, told: Told): LynqNodeStatus | undefined {
    const { written } = told;
    if (written !== undefined && !atLeastAsNew(node.metadata.resourceVersion ?? "0", written.resourceVersion))
      return written.status;
    told.written = undefined;
    return node.status;
  }
}
