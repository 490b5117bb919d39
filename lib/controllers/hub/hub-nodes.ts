import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../../crds";
import { ApiError, type Informer, type Priority } from "../../cluster";
import { FIELD_MANAGER } from "../../metadata";
import { type NodeMark } from "../../plan/retirement";
import { type ExistingNode, type NodeCreation, type NodeUpdate, type SyncPlan } from "../../plan/sync-plan";
import { nodeName } from "../../record/node-name";
import { type Cluster } from "../cluster";
import { formatTime } from "../../status";
import { inBatches } from "../in-batches";
import { keyOf } from "../keys";
import { FORMS, NODES, toForm } from "../kinds";
import { CROWD } from "../lanes";
import { metrics } from "../metrics";
import { NodeNameTakenError, type NodeWriter } from "./node-writer";
import { OwnWrites } from "./own-writes";
import { type Revision, RevisionMissingError, type Revisions } from "../form/revisions";

/** Nodes written or deleted at once by one hub; the client bounds requests over all of them. */
const BATCH = 64;
/** Of nodes that move to another revision fewer: a pass ends with what it has begun, and single changes wait for the next. */
const BULK_BATCH = 16;
/** A pass begins no more writes after so long, or when the table was read anew: what it says may be more urgent than the rest of a crowd. */
const SLICE_MS = 1_000;

/** What the writes of a pass need beside their plan. */
export interface WriteContext {
  /** Of each form, by its name. */
  readonly revisions: ReadonlyMap<string, Revision | undefined>;
  readonly nodes: readonly LynqNodeObject[];
  /** When the rows were read. */
  readonly readAt: Date;
  /** Whether the rows were read again meanwhile. */
  readonly isOutdated: () => boolean;
}

/** Carries out what a sync has planned. */
export class HubNodes {
  private readonly written = new OwnWrites();

  constructor(
    private readonly cluster: Cluster,
    private readonly forms: Informer<LynqFormObject>,
    private readonly revisions: Revisions,
    private readonly writer: NodeWriter,
    private readonly nodes: Pick<Informer<LynqNodeObject>, "revision">,
  ) {}

  /** A hub's nodes as they are, our last writes included; see {@link OwnWrites.latest}. */
  latest(hub: string, stored: readonly LynqNodeObject[], rows?: Iterable<string>): LynqNodeObject[] {
    return this.written.latest(hub, stored, this.nodes.revision, rows);
  }

  /** The store has seen the node go. */
  gone(hub: string, node: LynqNodeObject): void {
    this.written.gone(hub, node);
  }

  forget(hub: string): void {
    this.written.forget(hub);
  }

  /**
   * Creates and changes nodes. Each is tried; what the API server refuses is told as an event on the hub.
   *
   * Single changes go first, then new rows, then what moves to another revision; a crowd takes several passes.
   *
   * @returns whether some were left for the next pass
   * @throws the first error, when all are tried
   */
  async write(
    hub: LynqHubObject,
    plan: SyncPlan,
    { revisions, nodes, readAt, isOutdated }: WriteContext,
  ): Promise<boolean> {
    const byName = new Map(nodes.map(node => [node.metadata.name ?? "", node]));
    const changed = plan.updates.filter(({ because }) => because !== "revision");
    const moved = plan.updates.filter(({ because }) => because === "revision");
    const end = this.cluster.now() + SLICE_MS;
    const isTimeUp = () => this.cluster.now() >= end || isOutdated();
    const update = (priority: Priority) => (one: NodeUpdate) =>
      this.updateOf(hub, one, byName.get(one.node.name), revisions.get(one.node.form), readAt.getTime(), priority);
    const create = (priority: Priority) => (one: NodeCreation) =>
      this.create(hub, one, revisions.get(one.form), readAt.getTime(), priority);
    let left = await inBatches(changed, BATCH, update(changed.length > CROWD ? "fresh" : "urgent"), isTimeUp);
    left += await inBatches(
      plan.creations,
      BATCH,
      create(plan.creations.length > CROWD ? "fresh" : "urgent"),
      isTimeUp,
    );
    left += await inBatches(moved, BULK_BATCH, update("bulk"), isTimeUp);
    return left > 0;
  }

  /** A node whose form is missing is removed only when the API server, not the store, says that the form is gone, or serves another hub. */
  async confirmed(
    removals: readonly ExistingNode[],
    { namespace, name: hub }: { namespace: string; name: string },
    known: ReadonlySet<string>,
  ): Promise<ExistingNode[]> {
    const missing = new Set(removals.map(node => node.form).filter(form => !known.has(form)));
    const gone = new Set<string>();
    for (const form of missing) {
      try {
        const live = await this.cluster.client.get(FORMS, { namespace, name: form });
        if (live.metadata.deletionTimestamp !== undefined || toForm(live).spec.hubId !== hub) gone.add(form);
      } catch (error) {
        if (!(error instanceof ApiError && error.isNotFound())) throw error;
        gone.add(form);
      }
    }
    return removals.filter(node => known.has(node.form) || gone.has(node.form));
  }

  /** Notes in the nodes' specs what a later sync, or another process, must know. Beside what {@link write} applies, which never touches it. */
  async mark(hub: LynqHubObject, marks: readonly NodeMark[]): Promise<void> {
    const { namespace } = hub.metadata;
    await inBatches(marks, BATCH, async ({ node: { name, uid }, inactiveSince, suspended }) => {
      const spec = {
        ...(inactiveSince === undefined ? {} : { inactiveSince: inactiveSince && formatTime(inactiveSince) }),
        ...(suspended === undefined ? {} : { suspended }),
      };
      try {
        await this.cluster.client.mergePatch(
          NODES,
          { namespace, name },
          { metadata: { uid }, spec },
          { fieldManager: FIELD_MANAGER },
        );
      } catch (error) {
        // The node went, or another came, meanwhile: its event brings us back.
        if (!(error instanceof ApiError)) throw error;
        if (error.isConflict() || error.isNotFound()) return;
        this.tellRefusal(hub, name, error);
        throw error;
      }
    });
  }

  /** Deletes exactly these nodes, by UID. @returns whether some of a crowd were left for the next pass */
  async delete(
    hub: LynqHubObject,
    removals: readonly Pick<ExistingNode, "name" | "uid">[],
    because: string,
  ): Promise<boolean> {
    const { namespace } = hub.metadata;
    const { events } = this.cluster;
    const client = this.cluster.client.of(removals.length > CROWD ? "fresh" : "urgent");
    const end = this.cluster.now() + SLICE_MS;
    const remove = async ({ name, uid }: Pick<ExistingNode, "name" | "uid">): Promise<void> => {
      try {
        await client.delete(NODES, { namespace, name }, { preconditions: { uid } });
        this.written.noteDeletion(keyOf(hub), uid, formatTime(new Date(this.cluster.now())));
        events.record(hub, "Normal", "NodeDeleting", `LynqNode ${name} goes: ${because}`);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.isNotFound() || error.isConflict()) return;
        events.record(hub, "Warning", "NodeDeletionFailed", `LynqNode ${name}: ${error.serverMessage}`);
        throw error;
      }
    };
    const left = await inBatches(removals, BATCH, remove, () => this.cluster.now() >= end);
    return left > 0;
  }

  /**
   * Makes a node. What the API server refuses is told as an event on the hub.
   *
   * @param current the form's newest content
   * @param readAt when the row was read, in milliseconds
   */
  async create(
    hub: LynqHubObject,
    { form, record, revision }: NodeCreation,
    current: Revision | undefined,
    readAt: number,
    priority: Priority,
  ): Promise<void> {
    const name = nodeName(record.uid, form, this.formNames(hub.metadata.namespace));
    try {
      const content = await this.revision(hub, revision, current);
      if (content === undefined) return;
      const made = await this.writer.of(priority).create(name, {
        hub,
        form,
        revision: content.name,
        blueprint: content.blueprint,
        record,
      });
      if (made !== undefined) this.written.note(keyOf(hub), made);
      const row = { form, change: "created", readAt, generation: 1 } as const;
      metrics.rows.started(`${hub.metadata.namespace ?? ""}/${name}`, row);
    } catch (error) {
      if (error instanceof NodeNameTakenError) {
        // Tried again ever less often: no event of ours tells when the name is free.
        this.cluster.events.record(hub, "Warning", "NodeNameTaken", error.message);
      }
      this.tellRefusal(hub, name, error);
      throw error;
    }
  }

  private async updateOf(
    hub: LynqHubObject,
    update: NodeUpdate,
    existing: LynqNodeObject | undefined,
    current: Revision | undefined,
    readAt: number,
    priority: Priority,
  ): Promise<void> {
    if (existing !== undefined) await this.update(hub, update, existing, current, readAt, priority);
  }

  /** Changes a node, as {@link create} makes one. One that has gone, or been replaced, is left to its event. */
  async update(
    hub: LynqHubObject,
    { node: { name, form }, revision, record, because }: NodeUpdate,
    existing: LynqNodeObject,
    current: Revision | undefined,
    readAt: number,
    priority: Priority,
  ): Promise<void> {
    try {
      const content = await this.revision(hub, revision, current);
      if (content === undefined) return;
      const { name: to, blueprint } = content;
      const moves = to !== existing.spec.formRevision;
      const rolledOutAt = moves ? formatTime(new Date(this.cluster.now())) : existing.spec.rolledOutAt;
      const written = await this.writer
        .of(priority)
        .update(existing, { hub, form, revision: to, blueprint, record, rolledOutAt });
      this.written.note(keyOf(hub), written);
      if (because !== "revision") {
        const { generation = 0 } = written.metadata;
        metrics.rows.started(keyOf(written), { form, change: "updated", readAt, generation });
      }
    } catch (error) {
      // The node went, or another came, meanwhile: its event brings us back.
      if (error instanceof ApiError && (error.isConflict() || error.isNotFound())) return;
      this.tellRefusal(hub, name, error);
      throw error;
    }
    const { events } = this.cluster;
    if (because !== "values") {
      events.record(existing, "Normal", "TemplateApplied", `form ${form} moves to revision ${revision}`);
    }
    if (because !== "revision") events.record(existing, "Normal", "DataUpdated", "the row changed");
  }

  /** The revision of that name. One that is gone cannot be kept to: the node goes with the current one. */
  private async revision(
    hub: LynqHubObject,
    name: string,
    current: Revision | undefined,
  ): Promise<Revision | undefined> {
    if (current?.name === name) return current;
    try {
      return { name, blueprint: await this.revisions.blueprint(hub.metadata.namespace ?? "", name) };
    } catch (error) {
      if (error instanceof RevisionMissingError) return current;
      throw error;
    }
  }

  private tellRefusal(hub: LynqHubObject, name: string, error: unknown): void {
    if (!(error instanceof ApiError)) return;
    this.cluster.events.record(hub, "Warning", "NodeWriteFailed", `LynqNode ${name}: ${error.serverMessage}`);
  }

  /** Names of every form of the namespace; node names are told apart by them. */
  formNames(namespace: string | undefined): string[] {
    return [...this.forms.facts()].flatMap(([, { metadata }]) =>
      metadata.namespace === namespace ? [metadata.name ?? ""] : [],
    );
  }
}
