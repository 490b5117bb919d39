import { type LynqFormObject, type LynqHubObject, type LynqNodeObject, type LynqNodeStatus } from "../../../crds";
import { type Blueprint } from "../../blueprint/compile";
import { BlueprintError } from "../../blueprint/errors";
import { type NodeIdentity } from "../../blueprint/node-identity";
import { type NodePlan } from "../../plan/object-plan";
import { suspensionOf } from "../../plan/suspension";
import { type ExistingNode, planSync, type WantedRecord, type WantedRows } from "../../plan/sync-plan";
import { nodeName } from "../../record/node-name";
import { judgeRemovals } from "../hub/hub-deletions";
import { gracePeriodMs } from "../hub/hub-settings";
import { inBatches } from "../in-batches";
import { nodeIdentity } from "../node/node-context";
import { type SensitiveValues } from "../node-values";
import { type NodeContents, type NodePlanner } from "./plan-node";
import { type Revision, RevisionMissingError, type Revisions } from "../form/revisions";
import { existingNode, settledForm } from "../hub/sync-input";

/** A hub and its forms, as they would be. */
export interface HubPlanInput {
  readonly hub: LynqHubObject;
  readonly forms: readonly PlannedForm[];
  /** Names of all forms of the namespace: node names are told apart by them. */
  readonly formNames: readonly string[];
  /** Nodes of these forms, and of forms that are gone where that is looked at, too. */
  readonly nodes: readonly LynqNodeObject[];
  /** All nodes of the hub: they know its rows. */
  readonly knowing: readonly LynqNodeObject[];
  /** What the table says; undefined when it was not read: then the rows are those that the nodes know. */
  readonly rows: WantedRows | undefined;
  readonly now: Date;
  /** Content of a node's Secret; `unreadable` when we may not read it. */
  readonly sensitive: (node: LynqNodeObject) => SensitiveValues | "unreadable" | undefined;
}

export interface PlannedForm {
  readonly form: LynqFormObject;
  /** As its content would be. */
  readonly revision: Revision;
}

/** What stands for a sensitive value that cannot be read. */
const STAND_IN = "***";
/** Nodes planned at once; the client bounds the requests of all of them. */
const AT_ONCE = 16;

/** What a sync would do for one row and form, before its objects are looked at. */
interface Step {
  readonly action: "create" | "update" | "delete" | "unchanged";
  readonly row: string;
  readonly form: string;
  readonly existing: ExistingNode | undefined;
  readonly record: WantedRecord | undefined;
}

/** What the next sync of a hub would do, row by row. Writes nothing. */
export class HubPlan {
  private readonly steps: readonly Step[];
  private readonly nodesByName: ReadonlyMap<string, LynqNodeObject>;
  private readonly held: ReadonlySet<string>;

  constructor(private readonly input: HubPlanInput) {
    const { hub, nodes, forms } = input;
    this.nodesByName = new Map(nodes.map(node => [node.metadata.name ?? "", node]));
    const rows = input.rows ?? this.knownRows();
    const existing = nodes.map(node => this.existing(node, rows));
    // A rollout's pace is no part of what it comes to.
    const wanted = forms.map(({ form, revision }) => settledForm(form, revision));
    const clock = { now: input.now.getTime(), grace: { ms: gracePeriodMs(hub), readAt: input.now } };
    const { creations, updates, removals } = planSync(rows, wanted, existing, clock);
    const changed = new Set([...updates.map(({ node }) => node.name), ...removals.map(({ name }) => name)]);
    this.steps = [
      ...creations.map(({ form, record }): Step => step("create", form, record.uid, undefined, record)),
      ...updates.map(({ node, record }): Step => step("update", node.form, record.uid, node, record)),
      ...removals.map((node): Step => step("delete", node.form, node.recordUid, node, undefined)),
      ...existing
        .filter(({ name, deleting }) => !deleting && !changed.has(name))
        .map((node): Step => step("unchanged", node.form, node.recordUid, node, rows.records.get(node.recordUid))),
    ].sort((a, b) => compare(a.row, b.row) || compare(a.form, b.form));
    const living = nodes.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length;
    const { removable } = judgeRemovals(hub, living, removals, hub.status);
    this.held = new Set(removals.flatMap(({ uid }) => (removable.has(uid) ? [] : [uid])));
  }

  /** Uids of the rows that it is about, in order. */
  get rows(): string[] {
    return [...new Set(this.steps.map(({ row }) => row))];
  }

  /**
   * Looks at the objects of these rows, several nodes at once.
   *
   * @param tell called for each node, in no certain order
   * @throws ConnectionError, ApiError: the API server could not be asked
   */
  async run(
    rows: ReadonlySet<string>,
    planner: NodePlanner,
    revisions: Revisions,
    tell: (plan: NodePlan) => void,
  ): Promise<void> {
    const chosen = this.steps.filter(({ row }) => rows.has(row));
    await inBatches(chosen, AT_ONCE, async one => {
      tell(await this.node(one, planner, revisions));
    });
  }

  /** The same for one row and form; undefined when they have nothing to do with each other. */
  async one(form: string, row: string, planner: NodePlanner, revisions: Revisions): Promise<NodePlan | undefined> {
    const found = this.steps.find(one => one.form === form && one.row === row);
    return found === undefined ? undefined : await this.node(found, planner, revisions);
  }

  /** How many nodes these rows have, or would. */
  count(rows: ReadonlySet<string>): number {
    return this.steps.filter(({ row }) => rows.has(row)).length;
  }

  private async node(one: Step, planner: NodePlanner, revisions: Revisions): Promise<NodePlan> {
    const { action, row, form, existing, record } = one;
    const node = existing === undefined ? undefined : this.nodesByName.get(existing.name);
    const identity = node === undefined ? this.newNode(row, form) : nodeIdentity(node);
    const head = { action, row, form, namespace: identity.namespace, node: identity.name };
    const inventory = inventoryOf(node?.status);
    if (action === "delete") {
      const held = existing !== undefined && this.held.has(existing.uid);
      return { ...head, objects: planner.end(identity, inventory), ...(held ? { heldByGuard: true } : {}) };
    }
    const planned = this.input.forms.find(candidate => candidate.form.metadata.name === form);
    // A node of a form that is gone, whose row is quarantined, and one that is suspended: it is left alone.
    if (planned === undefined || (node !== undefined && suspensionOf(node, planned.form) !== undefined)) {
      return { ...head, objects: [] };
    }
    const { revision } = planned;
    const before = node === undefined ? undefined : await this.before(node, revisions);
    const after = this.after(node, revision.blueprint, record);
    const unknownSensitive = after.standIns;
    return { ...head, objects: await planner.plan({ node: identity, after, before, inventory, unknownSensitive }) };
  }

  private after(
    node: LynqNodeObject | undefined,
    blueprint: Blueprint,
    record: WantedRecord | undefined,
  ): NodeContents & { readonly standIns: boolean } {
    const secret = this.input.hub.spec.sensitiveValues ?? [];
    const known = node === undefined ? undefined : this.input.sensitive(node);
    const stored = known === "unreadable" ? undefined : known;
    // Undefined for a quarantined row: its node keeps what it has.
    const values = [...(record?.values ?? Object.entries(node?.spec.values ?? {}))];
    const open = values.filter(([name]) => !secret.includes(name));
    if (secret.length === 0) return { blueprint, values: open, sensitive: undefined, standIns: false };
    const given = new Map([...(stored?.values ?? []), ...values].filter(([name]) => secret.includes(name)));
    const standIns = secret.some(name => !given.has(name));
    const sensitive = {
      values: new Map(secret.map(name => [name, given.get(name) ?? STAND_IN])),
      hashKey: stored?.hashKey ?? "",
    };
    return { blueprint, values: open, sensitive, standIns };
  }

  /** Undefined when the node's revision is gone: then nobody knows what was sensitive in its objects. */
  private async before(node: LynqNodeObject, revisions: Revisions): Promise<NodeContents | undefined> {
    const { formRevision, values = {} } = node.spec;
    if (formRevision === undefined) return undefined;
    try {
      const blueprint = await revisions.blueprint(node.metadata.namespace ?? "", formRevision);
      const known = this.input.sensitive(node);
      const secret = this.input.hub.spec.sensitiveValues ?? [];
      const sensitive =
        known === "unreadable" ? { values: new Map(secret.map(name => [name, STAND_IN])), hashKey: "" } : known;
      return { blueprint, values: Object.entries(values), sensitive };
    } catch (error) {
      if (error instanceof RevisionMissingError || error instanceof BlueprintError) return undefined;
      throw error;
    }
  }

  private newNode(row: string, form: string): NodeIdentity {
    const { namespace = "", name: hub = "" } = this.input.hub.metadata;
    return { namespace, name: nodeName(row, form, this.input.formNames), hub, form, recordUid: row };
  }

  private existing(node: LynqNodeObject, rows: WantedRows): ExistingNode {
    const sensitive = this.input.sensitive(node);
    if (sensitive !== "unreadable") return existingNode(this.input.hub, node, sensitive);
    // What cannot be read is taken to be as the row has it.
    return existingNode(this.input.hub, node, { values: rows.records.get(node.spec.uid)?.values ?? new Map() });
  }

  /** The rows as far as the hub's nodes know them: those that were active when the table was last read. */
  private knownRows(): WantedRows {
    const records = new Map<string, WantedRecord>();
    for (const node of this.input.knowing) {
      if (node.metadata.deletionTimestamp !== undefined) continue;
      const sensitive = this.input.sensitive(node);
      const { values } = existingNode(this.input.hub, node, sensitive === "unreadable" ? undefined : sensitive);
      const others = records.get(node.spec.uid)?.values;
      // Nodes of one row agree, but for one that is held back.
      records.set(node.spec.uid, { uid: node.spec.uid, values: new Map([...(others ?? []), ...values]) });
    }
    return { records, quarantinedUids: new Set() };
  }
}

function step(
  action: Step["action"],
  form: string,
  row: string,
  existing: ExistingNode | undefined,
  record: WantedRecord | undefined,
): Step {
  return { action, form, row, existing, record };
}

function inventoryOf(status: LynqNodeStatus | undefined): NonNullable<LynqNodeStatus["inventory"]> {
  return status?.inventory ?? [];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
