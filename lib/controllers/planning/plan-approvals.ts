import { type LynqFormObject, type LynqHubObject } from "../../../crds";
import { ANNOTATION_APPROVE_PLAN } from "../../metadata";
import { judgePlan, type PlannedChange, plannedChanges } from "../../plan/plan-approval";
import { type ExistingNode, type SyncPlan, type WantedForm } from "../../plan/sync-plan";
import { nodeName } from "../../record/node-name";
import { type PlanOutcome, planStatus, type PlanStatus, statusPatch } from "../../status";
import { type Cluster } from "../cluster";
import { FORMS } from "../kinds";
import { type NodeValues } from "../node-values";
import { type HubPlanInput } from "./plan-hub";
import { planKey } from "./plan-key";
import { type PlanPreview } from "./plan-preview";

/** What a sync finds, as far as plans go. */
export interface PlanInput {
  readonly hub: LynqHubObject;
  /** The plans that the hub's status has on record. */
  readonly standing: PlanStatus | undefined;
  readonly forms: readonly LynqFormObject[];
  /** Names of all forms of the namespace. */
  readonly formNames: readonly string[];
  /** For what changes would do to objects; made when a plan is a new one. */
  readonly preview: () => HubPlanInput;
  /** Everything that would be done, without regard to how fast a rollout may go. */
  readonly plan: SyncPlan;
}

/** Holds back, in mode Plan, every change that no human has approved. */
export class PlanApprovals {
  /** What we last wrote of plans into a form's status, by form; nobody else writes these fields. */
  private readonly written = new Map<string, { readonly uid: string | undefined; readonly status: PlanStatus }>();

  constructor(
    private readonly cluster: Cluster,
    private readonly values: NodeValues,
    private readonly preview: PlanPreview,
  ) {}

  /** Whether anything needs a yes, or says that something did. */
  concerns(hub: LynqHubObject, forms: readonly LynqFormObject[]): boolean {
    return hub.spec.mode === "Plan" || forms.some(form => isPlanned(form) || this.standing(form).plan !== undefined);
  }

  /**
   * Judges the plans of the hub and of each form in mode Plan. A form's approvals are in its status before this returns, so that a restart goes on with
   * them; the hub's are for the caller to write.
   */
  async judge(input: PlanInput): Promise<PlanHold> {
    const { hub, forms, plan } = input;
    const hashKey = await planKey(hub, this.cluster.client, this.values);
    const changes = plannedChanges(plan, (form, row) => nodeName(row, form, input.formNames), hashKey);
    const planned = new Set(forms.filter(isPlanned).map(form => form.metadata.name ?? ""));
    const waiting: PlannedChange[] = [];
    for (const form of forms) {
      const outcome = isPlanned(form)
        ? await this.judgeFor(form, changes.filter(of(form)), this.standing(form), input)
        : undefined;
      waiting.push(...(outcome?.pending?.changes ?? []));
      await this.publish(form, outcome);
    }
    if (hub.spec.mode !== "Plan") return new PlanHold(waiting, undefined);
    const others = changes.filter(({ form }) => !planned.has(form));
    const outcome = await this.judgeFor(hub, others, input.standing, input);
    return new PlanHold([...waiting, ...(outcome.pending?.changes ?? [])], outcome);
  }

  private async judgeFor(
    { metadata }: LynqFormObject | LynqHubObject,
    changes: readonly PlannedChange[],
    standing: PlanStatus | undefined,
    input: PlanInput,
  ): Promise<PlanOutcome> {
    const approval = metadata.annotations?.[ANNOTATION_APPROVE_PLAN];
    const verdict = judgePlan({ changes, approval, standing: standing?.approvedPlan });
    const { pending } = verdict;
    // The same plan keeps its words.
    if (pending === undefined || pending.digest === standing?.plan?.digest) return verdict;
    return { ...verdict, objects: await this.preview.objects(input.preview(), pending.changes) };
  }

  private async publish(form: LynqFormObject, outcome: PlanOutcome | undefined): Promise<void> {
    const { namespace = "", name = "", uid } = form.metadata;
    const previous = this.standing(form);
    const next = planStatus(previous, outcome, new Date(this.cluster.now()));
    const patch = statusPatch(previous, next);
    if (patch === undefined) return;
    await this.cluster.client.patchStatus(FORMS, { namespace, name }, patch.status);
    this.written.set(`${namespace}/${name}`, { uid, status: next });
  }

  private standing(form: LynqFormObject): PlanStatus {
    const { namespace = "", name = "", uid } = form.metadata;
    const written = this.written.get(`${namespace}/${name}`);
    if (written !== undefined && written.uid === uid) return written.status;
    const { plan, approvedPlan } = form.status ?? {};
    return { ...(plan !== undefined && { plan }), ...(approvedPlan !== undefined && { approvedPlan }) };
  }
}

/** Changes that wait for a human's yes. */
export class PlanHold {
  private readonly keys: ReadonlySet<string>;

  constructor(
    waiting: readonly PlannedChange[],
    /** What the hub's own plan came to; undefined when the hub is not in mode Plan. */
    readonly hub: PlanOutcome | undefined,
  ) {
    this.keys = new Set(waiting.map(({ form, row }) => identity(form, row)));
  }

  /** The forms, each with the rows for which nothing may be done yet. */
  restrict(forms: readonly WantedForm[], rows: Iterable<string>): WantedForm[] {
    const uids = [...rows];
    return forms.map(form => ({
      ...form,
      withheld: new Set(uids.filter(uid => this.keys.has(identity(form.name, uid)))),
    }));
  }

  /** Whether the node has to stay for now. */
  keeps({ form, recordUid }: ExistingNode): boolean {
    return this.keys.has(identity(form, recordUid));
  }
}

function isPlanned(form: LynqFormObject): boolean {
  return form.spec.mode === "Plan";
}

function of({ metadata }: LynqFormObject): (change: PlannedChange) => boolean {
  return ({ form }) => form === metadata.name;
}

function identity(form: string, row: string): string {
  return `${form}\n${row}`;
}
