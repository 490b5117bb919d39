import { type CompiledResource } from "../../blueprint/compile";
import { didYouMean } from "../../blueprint/near-miss";
import { formatApiVersion, type KubernetesObject } from "../../blueprint/object";
import { type SchemaNode } from "../../blueprint/schema";
import { ApiError, type ApiClient, type ApiResource, findObject } from "../../cluster";
import { RESERVED_PREFIX } from "../../metadata";
import { ownersOfField } from "../../plan/field-ownership";
import { type LeafChange } from "../../plan/object-diff";
import { type Leaf, leavesOf } from "../../plan/object-leaves";
import { type ObjectPlan } from "../../plan/object-plan";
import { type Ownership, ownershipOf } from "../../plan/ownership";
import { renderContext } from "../node/node-context";
import { type ResourcePreparer } from "../node/node-resources";
import { type LiveObjects, type NodeCase, NodePlanner } from "./plan-node";

/** A leaf that is not as the form has it, and who holds it now. */
export interface Difference extends LeafChange {
  readonly managers: readonly string[];
}

/** What it would mean for one resource of a form to have the object that stands where it belongs. */
export interface ObjectAdoption extends Pick<ObjectPlan, "apiVersion" | "kind" | "namespace" | "name"> {
  readonly id: string;
  readonly conflictPolicy: CompiledResource["conflictPolicy"];
  readonly deletionPolicy: CompiledResource["deletionPolicy"];
  readonly exists: boolean;
  /** Where nothing exists: the name that is there, and was probably meant. */
  readonly suggestion: string;
  /** Whose it is; undefined where nothing exists. */
  readonly owner: Ownership | undefined;
  /** Field managers of what exists, and how many of the fields that the form gives each of them holds. */
  readonly managers: ReadonlyMap<string, number>;
  /** Fields that are as the form has them; undefined where the API server did not say what would be. */
  readonly same: number | undefined;
  readonly differences: readonly Difference[];
  /** What a pass under Stuck would say and do. */
  readonly stuck: ObjectPlan;
  /** What a pass under Force would do. */
  readonly force: ObjectPlan;
  /** Labels and annotations of what exists, by which other tools know what is theirs. */
  readonly marks: Readonly<Record<string, string>>;
}

/** Compares what a form would give to a row with what exists, by requests that the API server answers and does not store. */
export class Adopter {
  private readonly planner: NodePlanner;

  constructor(
    private readonly preparer: ResourcePreparer,
    private readonly client: ApiClient,
  ) {
    // Every object is met as if for the first time: what is known of it is of no account.
    const live: LiveObjects = {
      fact: () => undefined,
      ofNode: () => [],
      object: (resource, namespace, name) => findObject(client, resource, { namespace, name }),
    };
    this.planner = new NodePlanner(preparer, live, client);
  }

  /** Resources that the form leaves out for this row are left out. @throws ConnectionError, ApiError 5xx */
  async examine(one: NodeCase): Promise<ObjectAdoption[]> {
    const [stuck, force] = await Promise.all([this.plan(one, "Stuck"), this.plan(one, "Force")]);
    const { blueprint, values, sensitive } = one.after;
    const prepared = await this.preparer.prepare(blueprint, renderContext(one.node, values, sensitive), undefined);
    const found = await Promise.all(
      prepared.map(async (item): Promise<ObjectAdoption | undefined> => {
        const { id, conflictPolicy, deletionPolicy, gvk } = item.compiled;
        const plans = [stuck.get(id), force.get(id)] as const;
        const [underStuck, underForce] = plans;
        if (underStuck === undefined || underForce === undefined) return undefined;
        const { namespace, name } = underForce;
        const base = {
          id,
          conflictPolicy,
          deletionPolicy,
          apiVersion: formatApiVersion(gvk),
          kind: gvk.kind,
          ...(namespace === undefined ? {} : { namespace }),
          ...(name === undefined ? {} : { name }),
          stuck: underStuck,
          force: underForce,
        };
        const nothing = {
          exists: false,
          owner: undefined,
          managers: new Map(),
          same: undefined,
          differences: [],
          marks: {},
        };
        if (item.kind !== "wanted" || name === undefined) return { ...base, ...nothing, suggestion: "" };
        const live = await findObject(this.client, item.resource, { namespace, name });
        if (live === undefined) {
          return { ...base, ...nothing, suggestion: await this.suggestion(item.resource, namespace, name) };
        }
        const schema = (await this.preparer.kindFacts(item.compiled))?.schema;
        return {
          ...base,
          exists: true,
          suggestion: "",
          owner: ownershipOf(live, one.node),
          ...compared(item.object, live, schema, underForce),
          marks: { ...live.metadata.labels, ...live.metadata.annotations },
        };
      }),
    );
    return found.flatMap(object => object ?? []);
  }

  private async plan(one: NodeCase, conflictPolicy: "Stuck" | "Force"): Promise<Map<string, ObjectPlan>> {
    const { blueprint } = one.after;
    const resources = blueprint.resources.map(resource => ({ ...resource, conflictPolicy }));
    const plans = await this.planner.plan({ ...one, after: { ...one.after, blueprint: { ...blueprint, resources } } });
    return new Map(plans.flatMap(plan => (plan.id === undefined ? [] : [[plan.id, plan] as const])));
  }

  /** A name that nearly fits is a naming convention that does not: the form would make a second object beside the first. */
  private async suggestion(resource: ApiResource, namespace: string | undefined, name: string): Promise<string> {
    try {
      const { items } = await this.client.list(resource, namespace === undefined ? {} : { namespace });
      return didYouMean(
        name,
        items.map(({ metadata }) => metadata.name ?? ""),
      );
    } catch (error) {
      if (error instanceof ApiError && (error.isForbidden() || error.isNotFound())) return "";
      throw error;
    }
  }
}

/** How Lynq tells that an object is its own, which no other tool minds. */
function isTracking(path: string): boolean {
  return (
    path.startsWith(".metadata.ownerReferences") || (path.startsWith(".metadata.") && path.includes(RESERVED_PREFIX))
  );
}

function compared(
  desired: KubernetesObject,
  live: KubernetesObject,
  schema: SchemaNode | undefined,
  { action, changes = [] }: ObjectPlan,
): Pick<ObjectAdoption, "managers" | "same" | "differences"> {
  const there = leavesOf(live, schema);
  const ownersAt = (leaf: Leaf | undefined) => (leaf === undefined ? [] : ownersOfField(live, leaf.location));
  const managers = new Map<string, number>(
    (live.metadata.managedFields ?? [])
      .filter(({ subresource }) => subresource === undefined)
      .map(({ manager = "" }) => [manager, 0]),
  );
  const changed = new Set(changes.map(({ path }) => path));
  const given = [...leavesOf({ ...desired, apiVersion: undefined, kind: undefined }, schema).keys()].filter(
    path => !isTracking(path) && path !== ".metadata.name" && path !== ".metadata.namespace",
  );
  for (const path of given) {
    for (const manager of new Set(ownersAt(there.get(path)))) managers.set(manager, (managers.get(manager) ?? 0) + 1);
  }
  return {
    managers,
    same: action === "change" || action === "unchanged" ? given.filter(path => !changed.has(path)).length : undefined,
    differences: changes
      .filter(({ path }) => !isTracking(path))
      .map(change => ({ ...change, managers: [...new Set(ownersAt(there.get(change.path)))] })),
  };
}
