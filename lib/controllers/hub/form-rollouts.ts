import { type LynqFormObject, type LynqHubObject } from "../../../crds";
import { Cohorts } from "../../blueprint/cohort";
import { ANNOTATION_APPROVE_STEP } from "../../metadata";
import { type SyncPlan, type WantedForm } from "../../plan/sync-plan";
import { type TemplateCache } from "../../template";
import { type Revision } from "../form/revisions";
import { type Rollouts } from "../form/rollouts";

/** The forms of a hub as one sync takes them: what each wants of its rollout, and what is on record of it. */
export class FormRollouts {
  readonly wanted: readonly WantedForm[];
  private readonly cohorts: ReadonlyMap<LynqFormObject, Cohorts>;

  constructor(
    hub: LynqHubObject,
    forms: readonly LynqFormObject[],
    revisions: ReadonlyMap<string, Revision | undefined>,
    private readonly rollouts: Rollouts,
    templates: TemplateCache,
  ) {
    this.cohorts = new Map(forms.map(form => [form, cohortsOf(hub, form, templates)]));
    this.wanted = [...this.cohorts].map(([form, cohorts]) => this.wantedForm(form, cohorts, revisions));
  }

  /** Hands over to the forms' passes what the sync has planned. */
  report(plan: SyncPlan): void {
    for (const [form, { fault }] of this.cohorts) {
      const progress = plan.rollouts.get(form.metadata.name ?? "");
      if (progress !== undefined) this.rollouts.set(form, { ...progress, fault });
    }
  }

  private wantedForm(
    form: LynqFormObject,
    cohorts: Cohorts,
    revisions: ReadonlyMap<string, Revision | undefined>,
  ): WantedForm {
    const { name = "", generation = 0, annotations } = form.metadata;
    // What this process knows of a rollout is newer than what the store says of it.
    const report = this.rollouts.of(form);
    return {
      name,
      revision: revisions.get(name)?.name,
      suspended: form.spec.suspend === true,
      rollout: {
        generation,
        settings: form.spec.rollout,
        stable: report?.stable ?? form.status?.stableRevision,
        previous: report?.status ?? form.status?.rollout,
        approval: annotations?.[ANNOTATION_APPROVE_STEP],
        belongs: (step, uid, values) => cohorts.belongs(step, uid, values),
      },
    };
  }
}

function cohortsOf(hub: LynqHubObject, { metadata, spec }: LynqFormObject, templates: TemplateCache): Cohorts {
  const { rollout, templateEngine = "gotemplate" } = spec;
  const origin = { hub: hub.metadata.name ?? "", form: metadata.name ?? "" };
  return new Cohorts(rollout?.steps ?? [], templateEngine, origin, new Set(hub.spec.sensitiveValues), templates);
}
