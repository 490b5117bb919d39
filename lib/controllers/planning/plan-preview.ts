import { type GroupVersionKind, type KubernetesObject } from "../../blueprint/object";
import { type ApiClient, type ApiResource, type Discovery, findObject } from "../../cluster";
import { LABEL_NODE, LABEL_NODE_NAMESPACE } from "../../metadata";
import { type ChildFact } from "../../plan/child";
import { entryGvk } from "../../plan/inventory";
import { isChange } from "../../plan/object-plan";
import { type PlannedChange } from "../../plan/plan-approval";
import { objectLine } from "../../plan/plan-text";
import { labelValue } from "../../record/label-value";
import { type Children } from "../node/children";
import { about, log, loggable } from "../log";
import { type ResourcePreparer } from "../node/node-resources";
import { type ObjectAccess } from "../node/object-access";
import { type Shard } from "../shard";
import { ListedObjects } from "./listed-objects";
import { HubPlan, type HubPlanInput } from "./plan-hub";
import { type LiveObjects, NodePlanner } from "./plan-node";
import { type Revisions } from "../form/revisions";

/** Objects that a plan's status tells one by one. */
const TOLD_OBJECTS = 50;
/** A slow API server must not keep the hub's other forms waiting; what is known by then is told. */
const LONGEST_MS = 10_000;

export interface PlanPreviewOptions {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly shard: Shard;
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
        const planner = this.planner(input, form, await this.live(input, node));
        const planned = await plan.one(form, row, planner, this.options.revisions);
        const told = (planned?.objects ?? []).filter(isChange).map(objectLine).slice(0, left);
        left -= told.length;
        lines.set(node, told);
      }
    } catch (error) {
      log.warn(
        { ...about(input.hub), err: loggable(error) },
        "what a plan would do to objects could not be found out in full",
      );
    }
    return lines;
  }

  /** As the account that the form's new content names: it is the one that would write. */
  private planner({ hub, forms }: HubPlanInput, form: string, live: LiveObjects): NodePlanner {
    const { preparer, access } = this.options;
    const revision = forms.find(planned => planned.form.metadata.name === form)?.revision;
    const serviceAccountName = revision?.blueprint.serviceAccountName;
    const writer = access.as(hub.metadata.namespace ?? "", serviceAccountName, "write");
    return new NodePlanner(preparer, live, writer);
  }

  /** What there is of a node's objects; where another shard follows them, they are read. */
  private async live(input: HubPlanInput, node: string): Promise<LiveObjects> {
    const { children, client, discovery, shard } = this.options;
    const { namespace = "" } = input.hub.metadata;
    if (shard.hasNode(`${namespace}/${node}`)) return new FollowedObjects(children, client);
    const listed = new ListedObjects(client, discovery);
    await listed.read(kindsOf(input), `${LABEL_NODE_NAMESPACE}=${namespace},${LABEL_NODE}=${labelValue(node)}`);
    return new FollowedObjects({ get: (...of) => listed.fact(...of), ofNode: (...of) => listed.ofNode(...of) }, client);
  }

  private async watch(input: HubPlanInput): Promise<void> {
    await Promise.all(kindsOf(input).map(gvk => this.options.children.watch(gvk)));
  }
}

function kindsOf({ forms, nodes }: HubPlanInput): GroupVersionKind[] {
  return [
    ...forms.flatMap(({ revision }) => revision.blueprint.resources.map(({ gvk }) => gvk)),
    ...[...nodes].flatMap(({ status }) => (status?.inventory ?? []).map(entryGvk)),
  ];
}

/** Objects as the operator follows them: facts are at hand, the object itself is read. */
class FollowedObjects implements LiveObjects {
  constructor(
    private readonly children: Pick<Children, "get" | "ofNode">,
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
