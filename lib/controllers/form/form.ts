import { type LynqFormObject, lynqFormSpecDefaults, type LynqFormStatus, type LynqHubObject } from "../../../crds";
import { type Finding, formatProblems, type Problem } from "../../blueprint/admission";
import { contentHash } from "../../blueprint/content-hash";
import { BlueprintError } from "../../blueprint/errors";
import { type Informer, type ProcessResult } from "../../cluster";
import { ANNOTATION_RECONCILE_AT } from "../../metadata";
import { atLeastAsNew } from "../../plan/child";
import {
  faultReason,
  findCondition,
  type FormFault,
  formEvents,
  type FormNodeCounts,
  formStatus,
  rolloutEvents,
  statusPatch,
} from "../../status";
import { type Cluster } from "../cluster";
import { keyOf } from "../keys";
import { FORMS } from "../kinds";
import { rowsOf } from "../known-rows";
import { type NodeIndex } from "../node-index";
import { type NodeTally } from "../node-tally";
import { checkInTurns } from "../admission/check-in-turns";
import { type ObjectReview } from "../admission/object-review";
import { Turns } from "../admission/turns";
import { type Reapplications } from "./reapplications";
import { RemoteReapplications } from "./remote-reapplications";
import { type Revisions } from "./revisions";
import { type Rollouts } from "./rollouts";
import { type Shard } from "../shard";

export interface FormControllerOptions {
  readonly cluster: Cluster;
  readonly shard: Shard;
  readonly forms: Informer<LynqFormObject>;
  readonly hubs: Informer<LynqHubObject>;
  readonly index: NodeIndex;
  readonly revisions: Revisions;
  readonly objects: ObjectReview;
  readonly reapplications: Reapplications;
  readonly rollouts: Rollouts;
}

/** For asking the cluster about a form's objects, and for rendering them, which keeps everything else waiting. */
const OBJECTS_MS = 30_000;
const RENDER_MS = 1000;

/** Turns a form's content into revisions and tells how far the newest has spread. */
export class FormController {
  /** Our last status write by form, until the store has caught up with it. */
  private readonly written = new Map<
    string,
    { readonly uid: string | undefined; readonly resourceVersion: string; readonly status: LynqFormStatus }
  >();
  /** Revisions in use when old ones were last pruned, so that nothing is listed while nothing changes. */
  private readonly pruned = new Map<string, string>();
  /** The request to look again that was passed on to a form's nodes. */
  private readonly asked = new Map<string, string>();
  private readonly checked = new Map<string, { readonly of: string; readonly errors: readonly Finding[] }>();
  private readonly tried = new Map<string, { readonly of: string; readonly errors: readonly Problem[] }>();

  private readonly remote: RemoteReapplications;

  constructor(private readonly options: FormControllerOptions) {
    this.remote = new RemoteReapplications(options.cluster.client);
  }

  async reconcile(key: string): Promise<ProcessResult | undefined> {
    const { forms, hubs, index, revisions, rollouts, cluster } = this.options;
    // 1. What is there?
    const form = forms.get(key);
    const isOurs = form === undefined || this.options.shard.leadsForm(form);
    if (!isOurs || form?.metadata.deletionTimestamp !== undefined || form === undefined) {
      this.written.delete(key);
      this.pruned.delete(key);
      this.checked.delete(key);
      this.tried.delete(key);
      this.asked.delete(key);
      rollouts.forget(key);
      // Nodes that are left, because their deletion is held, heal with their revisions; the last one that goes brings us here again.
      if (form === undefined) await this.forget(key);
      return undefined;
    }
    const { namespace = "", name = "", generation = 0 } = form.metadata;

    // 2. Is it valid, now that its hub may have appeared or changed? Its nodes follow it in any case as far as it compiles.
    const hub = hubs.get(`${namespace}/${form.spec.hubId}`);
    const errors = await this.check(key, form, hub);
    const faults = faultsOf(form, hub, errors);
    const problems = faults.filter(({ reason }) => reason === "HubNotFound").map(({ message }) => message);
    if (errors.length > 0) problems.push(formatProblems(errors));
    let revision: string | undefined;
    try {
      revision = (await revisions.current(form, hub)).name;
    } catch (error) {
      if (!(error instanceof BlueprintError)) throw error;
      if (errors.length === 0) problems.push(error.message);
    }
    const misfits = await this.tryObjects(key, form, hub, errors);
    if (misfits.length > 0) problems.push(formatProblems(misfits));

    // 3. Is it asked to be written again? Its nodes do it; the form answers when all of them have.
    const previous = this.previous(key, form);
    const handledReconcileAt = await this.passOn(key, form, previous);

    // 4. How far has it spread? Nodes that are left as they are take no part. The hub decides about the rollout, since it knows the rows.
    const tallies = [...index.talliesOfForm(namespace, name).values()];
    const counts = countNodes(tallies, revision);
    const inactive = sum(tallies, tally => tally.inactive);
    const report = rollouts.of(form);
    const rollout = report && { namespace, name, progress: report, fault: report.fault };
    const now = new Date(cluster.now());
    // What waits for approval is told by the hub's sync; here it only counts.
    const pending = form.status?.plan;
    const next = formStatus(
      {
        generation,
        currentRevision: revision,
        problems,
        nodes: counts,
        suspended: form.spec.suspend === true,
        leftAsTheyAre: {
          inactive,
          suspended: sum(tallies, tally => tally.total) - inactive - counts.total,
        },
        handledReconcileAt,
        rollout,
        ...(form.spec.mode === "Plan" ? { plan: { namespace, name, pending } } : {}),
        previous,
      },
      now,
    );

    // 5. Tell.
    const patch = statusPatch(previous, next);
    if (patch !== undefined) {
      for (const event of [
        ...formEvents(previous?.conditions, next.conditions, faults),
        ...rolloutEvents(previous?.rollout, next.rollout),
      ]) {
        cluster.events.record(form, event.type, event.reason, event.message);
      }
      const { metadata } = await cluster.client.patchStatus(FORMS, { namespace, name }, patch.status);
      this.written.set(key, {
        uid: form.metadata.uid,
        resourceVersion: metadata.resourceVersion ?? "0",
        status: next,
      });
    }

    // 6. Old revisions that no node uses go, but for a few.
    await this.prune(key, form, tallies, revision, next.stableRevision);
    return undefined;
  }

  private async forget(key: string): Promise<void> {
    const [namespace = "", name = ""] = key.split("/");
    if (this.options.index.talliesOfForm(namespace, name).size === 0)
      await this.options.revisions.forget(namespace, name);
  }

  /** Both are compiled and checked once per generation, however often their nodes change. */
  private async check(key: string, form: LynqFormObject, hub: LynqHubObject | undefined): Promise<readonly Finding[]> {
    const of = identityOf(form, hub);
    const known = this.checked.get(key);
    if (known?.of === of) return known.errors;
    const { found } = await checkInTurns({ form, hub }, new Turns(Infinity));
    const { errors } = found;
    this.checked.set(key, { of, errors });
    return errors;
  }

  /** The request that is answered by now. */
  private async passOn(
    key: string,
    form: LynqFormObject,
    previous: LynqFormStatus | undefined,
  ): Promise<string | undefined> {
    const { metadata, spec } = form;
    const handled = previous?.lastHandledReconcileAt;
    const asked = metadata.annotations?.[ANNOTATION_RECONCILE_AT];
    if (asked === undefined || asked === handled || spec.suspend === true) return handled;
    const { reapplications, index, shard } = this.options;
    const nodes = [...index.ofForm(metadata.namespace ?? "", metadata.name ?? "")];
    const own = nodes.map(keyOf).filter(node => shard.hasNode(node));
    const others = nodes.filter(node => !shard.hasNode(keyOf(node)));
    if (this.asked.get(key) !== asked) {
      await this.remote.ask(others, asked);
      this.asked.set(key, asked);
      reapplications.ask(own);
    }
    const pending = own.some(node => reapplications.has(node)) || others.some(node => this.remote.has(node, form));
    return pending ? handled : asked;
  }

  /**
   * Faults of the form's objects, as admission tells them: it had no hub, or no rows, when the form came. Once per generation of both, and once more with the
   * first rows; after a restart, a form that was found right as it is costs no request.
   */
  private async tryObjects(
    key: string,
    form: LynqFormObject,
    hub: LynqHubObject | undefined,
    errors: readonly Finding[],
  ): Promise<readonly Problem[]> {
    if (hub === undefined) return [];
    const { namespace = "", name = "", generation } = form.metadata;
    const { index, objects } = this.options;
    const { hubId } = form.spec;
    const hasOwn = index.talliesOfForm(namespace, name).size > 0;
    const rows = rowsOf(hasOwn ? index.ofForm(namespace, name) : index.ofHub(namespace, hubId), { name, hubId });
    const known = this.tried.get(key);
    // Once more with the first rows, which come after the hub, and with each change of them while they are at fault.
    const ofWith = (faults: readonly Problem[] = []) =>
      `${identityOf(form, hub)},${faults.length > 0 ? contentHash(rows) : rows.length > 0}`;
    const of = ofWith(known?.errors);
    if (known?.of === of) return known.errors;
    const settled =
      form.status?.observedGeneration === generation &&
      findCondition(form.status?.conditions, "Valid")?.status === "True";
    if (known === undefined && settled) {
      this.tried.set(key, { of, errors: [] });
      return [];
    }
    const result = await objects.review({
      form: { namespace, name, spec: form.spec },
      hub: hub.spec,
      rows,
      found: { errors, warnings: [] },
      dryRun: "misfits",
      signal: AbortSignal.timeout(OBJECTS_MS),
      renderMs: RENDER_MS,
    });
    this.tried.set(key, { of: ofWith(result.errors), errors: result.errors });
    return result.errors;
  }

  private async prune(
    key: string,
    form: LynqFormObject,
    tallies: readonly NodeTally[],
    current: string | undefined,
    stable: string | undefined,
  ): Promise<void> {
    if (current === undefined) return;
    const inUse = new Set([current, stable ?? current, ...tallies.flatMap(tally => [...tally.revisions()])]);
    const limit = form.spec.revisionHistoryLimit ?? lynqFormSpecDefaults.revisionHistoryLimit;
    const situation = JSON.stringify([limit, current, [...inUse].sort()]);
    if (this.pruned.get(key) === situation) return;
    await this.options.revisions.keepHistory(form, current, inUse, limit);
    this.pruned.set(key, situation);
  }

  private previous(key: string, form: LynqFormObject): LynqFormStatus | undefined {
    const { uid, resourceVersion = "0" } = form.metadata;
    const written = this.written.get(key);
    const isNewer = written?.uid === uid && !atLeastAsNew(resourceVersion, written?.resourceVersion ?? "0");
    return isNewer ? written?.status : withoutPlans(form.status);
  }
}

/** The hub's controller writes these fields, and nobody else. */
function withoutPlans(status: LynqFormStatus | undefined): LynqFormStatus | undefined {
  if (status === undefined) return undefined;
  const rest = { ...status };
  delete rest.plan;
  delete rest.approvedPlan;
  return rest;
}

function faultsOf(
  { metadata, spec }: LynqFormObject,
  hub: LynqHubObject | undefined,
  errors: readonly Finding[],
): FormFault[] {
  const missing = `spec.hubId: there is no LynqHub ${metadata.namespace ?? ""}/${spec.hubId}`;
  return [
    ...(hub === undefined ? [{ reason: "HubNotFound" as const, message: missing }] : []),
    ...errors.flatMap(error => {
      const reason = faultReason(error.rule);
      return reason === undefined ? [] : [{ reason, message: formatProblems([error]) }];
    }),
  ];
}

/** Content of both, as far as it matters for checks. */
function identityOf(form: LynqFormObject, hub: LynqHubObject | undefined): string {
  return [form, hub].map(one => `${one?.metadata.uid ?? ""}/${one?.metadata.generation ?? 0}`).join();
}

function countNodes(tallies: readonly NodeTally[], revision: string | undefined): FormNodeCounts {
  return {
    total: sum(tallies, ({ reached }) => reached.total),
    ready: sum(tallies, ({ reached }) => reached.ready),
    failed: sum(tallies, ({ reached }) => reached.failed),
    updated: revision === undefined ? 0 : sum(tallies, tally => tally.reachedBy(revision)),
  };
}

function sum(tallies: readonly NodeTally[], count: (tally: NodeTally) => number): number {
  return tallies.reduce((total, tally) => total + count(tally), 0);
}
