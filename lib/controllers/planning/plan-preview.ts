import { type GroupVersionKind, type KubernetesObject } from "../../blueprint/object";
import { type ApiClient, type ApiResource, findObject } from "../../cluster";
import { type ChildFact } from "../../plan/child";
import { entryGvk } from "../../plan/inventory";
import { isChange } from "../../plan/object-plan";
import { type PlannedChange } from "../../plan/plan-approval";
import { objectLine } from "../../plan/plan-text";
import { type Children } from "../node/children";
import { log, loggable } from "../log";
import { type ResourcePreparer } from "../node/node-resources";
import { type ObjectAccess } from "../node/object-access";
import { HubPlan, type HubPlanInput } from "./plan-hub";
import { type LiveObjects, NodePlanner } from "./plan-node";
import { type Revisions } from "../form/revisions";

/** Objects that a plan's status tells one by one. */
const TOLD_OBJECTS = 50;
/** A slow API server must not keep the hub's other forms waiting; what is known by then is told. */
const LONGEST_MS = 10_000;

export interface PlanPreviewOptions {
  readonly client: ApiClient;
  readonly children: Children;
  readonly access: ObjectAccess;
  readonly preparer: ResourcePreparer;
  readonly revisions: Revisions;
  readonly now: () => number;
}

/** Says what the first changes of a plan would do to objects, in the words of `lynq plan`. */
export class PlanPreview {
  constructor(private readonly options: PlanPreviewOptions) {}

  /** Lines by node. What cannot be found out is left out: a plan stands without it. */
  async objects(
    input: HubPlanInput,
    changes: readonly PlannedChange[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const lines = new Map<string, readonly string[]>();
    try {
      await this.watch(input);
      const plan = new HubPlan(input);
      const end = this.options.now() + LONGEST_MS;
      let left = TOLD_OBJECTS;
      for (const { form, row, node } of changes) {
        if (left <= 0 || this.options.now() > end) break;
        const planned = await plan.one(form, row, this.planner(input, form), this.options.revisions);
        const told = (planned?.objects ?? []).filter(isChange).map(objectLine).slice(0, left);
        left -= told.length;
        lines.set(node, told);
      }
    } catch (error) {
      log.warn({ err: loggable(error) }, "what a plan would do to objects could not be found out in full");
    }
    return lines;
  }

  /** As the account that the form's new content names: it is the one that would write. */
  private planner({ hub, forms }: HubPlanInput, form: string): NodePlanner {
    const { preparer, access, children, client } = this.options;
    const revision = forms.find(planned => planned.form.metadata.name === form)?.revision;
    const serviceAccountName = revision?.blueprint.serviceAccountName;
    const writer = access.as(hub.metadata.namespace ?? "", serviceAccountName, "write");
    return new NodePlanner(preparer, new FollowedObjects(children, client), writer);
  }

  private async watch({ forms, nodes }: HubPlanInput): Promise<void> {
    const kinds = [
      ...forms.flatMap(({ revision }) => revision.blueprint.resources.map(({ gvk }) => gvk)),
      ...nodes.flatMap(({ status }) => (status?.inventory ?? []).map(entryGvk)),
    ];
    await Promise.all(kinds.map(gvk => this.options.children.watch(gvk)));
  }
}

/** Objects as the operator follows them: facts are at hand, the object itself is read. */
class FollowedObjects implements LiveObjects {
  constructor(
    private readonly children: Children,
    private readonly client: ApiClient,
  ) {}

  fact(gvk: GroupVersionKind, namespace: string | undefined, name: string): ChildFact | undefined {
    return this.children.get(gvk, namespace, name);
  }

  ofNode(namespace: string, label: string): ChildFact[] {
    return this.children.ofNode(namespace, label);
  }

  object(resource: ApiResource, namespace: string | undefined, name: string): Promise<KubernetesObject | undefined> {
    return findObject(this.client, resource, { namespace, name });
  }
}
