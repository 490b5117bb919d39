import { type Blueprint } from "../../blueprint/compile";
import { type NodeIdentity } from "../../blueprint/node-identity";
import { formatApiVersion, type GroupVersionKind, type KubernetesObject } from "../../blueprint/object";
import { type RenderContext } from "../../blueprint/render";
import { sensitiveLeaves } from "../../blueprint/sensitive-leaves";
import { type ApiResource } from "../../cluster";
import { type ChildFact, recognised } from "../../plan/child";
import { entryKey, type InventoryEntry } from "../../plan/inventory";
import { diffObjects, isWithin } from "../../plan/object-diff";
import { leavesOf } from "../../plan/object-leaves";
import { type ObjectPlan, restartedPods } from "../../plan/object-plan";
import { belongings, planPrune, type Removal } from "../../plan/prune";
import { decideWrite, mustLearnPolicy } from "../../plan/write-decision";
import { labelValue } from "../../record/label-value";
import { Redactor } from "../../record/redactor";
import { DryRunClient } from "./dry-run";
import { renderContext } from "../node/node-context";
import { type PreparedResource, type ResourcePreparer } from "../node/node-resources";
import { type SensitiveValues } from "../node-values";
import { type ObjectClient } from "../node/object-access";
import { ObjectWriter, type WriteResult } from "../node/object-writer";

type Wanted = Extract<PreparedResource, { kind: "wanted" }>;

/** What exists of a node's objects. */
export interface LiveObjects {
  /** Facts of an object that carries tracking labels. */
  fact(gvk: GroupVersionKind, namespace: string | undefined, name: string): ChildFact | undefined;
  /** Everything labelled as this node's. */
  ofNode(namespace: string, label: string): ChildFact[];
  /** The object itself; undefined when it is not there. */
  object(resource: ApiResource, namespace: string | undefined, name: string): Promise<KubernetesObject | undefined>;
}

/** A node's values, and what its objects are made of. */
export interface NodeContents {
  readonly blueprint: Blueprint;
  readonly values: Iterable<readonly [string, string]>;
  readonly sensitive: SensitiveValues | undefined;
}

export interface NodeCase {
  readonly node: NodeIdentity;
  /** As the node would be. */
  readonly after: NodeContents;
  /** As it is; undefined for a node that is not there yet, or whose revision is gone. */
  readonly before: NodeContents | undefined;
  readonly inventory: readonly InventoryEntry[];
  /** The sensitive values may not be read: they have stand-ins, and what they are part of is not compared. */
  readonly unknownSensitive: boolean;
}

/**
 * What a pass over a node would do, found out by the same steps (rendering, decision, first contact or apply, pruning) with requests that the API server
 * answers and does not store.
 */
export class NodePlanner {
  constructor(
    private readonly preparer: ResourcePreparer,
    private readonly live: LiveObjects,
    private readonly client: ObjectClient,
  ) {}

  /** @throws ConnectionError, ApiError 5xx: the API server could not be asked */
  async plan(one: NodeCase): Promise<ObjectPlan[]> {
    const context = renderContext(one.node, one.after.values, one.after.sensitive);
    const prepared = await this.preparer.prepare(one.after.blueprint, context, one.after.sensitive?.hashKey);
    const inventory = new Map(one.inventory.map(entry => [entryKey(entry), entry]));
    const masks = await this.masks(one, context, prepared);
    const made = await Promise.all(
      prepared.map(resource => this.resource(resource, one, inventory, masks, namespacesOf(prepared))),
    );
    const objects = made.flatMap(object => object ?? []);
    const unwanted = planPrune({
      belongings: this.belongings(one.node, one.inventory),
      desired: new Map(
        prepared.flatMap(item => (item.kind === "wanted" ? [[item.compiled.id, item.key] as const] : [])),
      ),
      unresolvedIds: new Set(prepared.flatMap(item => (item.kind === "failed" ? [item.compiled.id] : []))),
      everythingApplied: true,
      readyIds: new Set(prepared.map(({ compiled }) => compiled.id)),
      dependents: () => [],
    });
    const removals = unwanted.filter(({ hold }) => hold === undefined);
    return [...objects.map(object => renamed(object, removals)), ...removals.map(removalPlan)];
  }

  /** What the end of a node does to its objects. */
  end(node: NodeIdentity, inventory: readonly InventoryEntry[]): ObjectPlan[] {
    return this.belongings(node, inventory).map(removalPlan);
  }

  /** As far as they are still there. */
  private belongings(node: NodeIdentity, inventory: readonly InventoryEntry[]): Removal[] {
    const found = belongings(inventory, this.live.ofNode(node.namespace, labelValue(node.name)));
    return found.filter(({ gvk, namespace, name, uid }) => this.live.fact(gvk, namespace, name)?.uid === uid);
  }

  private async resource(
    one: PreparedResource,
    { node, unknownSensitive }: NodeCase,
    inventory: ReadonlyMap<string, InventoryEntry>,
    masks: Masks,
    ownNamespaces: ReadonlySet<string>,
  ): Promise<ObjectPlan | undefined> {
    const { compiled } = one;
    if (one.kind === "excluded") return undefined;
    const base = { id: compiled.id, apiVersion: formatApiVersion(compiled.gvk), kind: compiled.gvk.kind };
    if (one.kind === "failed") return { ...base, action: "fail", message: masks.redact(one.message) };
    const { namespace, name = "" } = one.object.metadata;
    const identified = { ...base, ...(namespace === undefined ? {} : { namespace }), name };
    const entry = inventory.get(one.key);
    const child = recognised(this.live.fact(compiled.gvk, namespace, name), entry, node);
    const decision = decideWrite({ creationPolicy: compiled.creationPolicy, desiredHash: one.hash, entry, child });
    if (decision.action === "skip" && (child === undefined || !mustLearnPolicy(compiled, entry))) {
      return { ...identified, action: "unchanged" };
    }
    if (decision.action === "wait") return { ...identified, action: "wait", message: TERMINATING };

    const dry = new DryRunClient(this.client);
    const writer = new ObjectWriter(dry);
    const request = {
      resource: one.resource,
      compiled,
      desired: one.object,
      node,
      entry,
      secretive: one.secretive,
      uid: child?.uid,
    };
    const learns = decision.action === "skip";
    const result = learns
      ? await writer.followPolicy(request)
      : decision.action === "create"
        ? await writer.create(request)
        : await writer.apply(request);
    const before =
      dry.seen ?? (child === undefined ? undefined : await this.live.object(one.resource, namespace, name));
    if (result.state !== "written" && !(learns && result.state === "kept"))
      return { ...identified, ...refused(result, namespace, ownNamespaces, masks) };
    return { ...identified, ...this.compared(one, before, result.object, masks, unknownSensitive) };
  }

  private compared(
    { compiled }: Wanted,
    before: KubernetesObject | undefined,
    after: KubernetesObject,
    masks: Masks,
    unknownSensitive: boolean,
  ): Pick<ObjectPlan, "action" | "changes" | "podsRestarted" | "message"> {
    const sensitivePaths = masks.paths.get(compiled.id) ?? new Set<string>();
    const { redact } = masks;
    const found = diffObjects(before, after, { schema: masks.schemas.get(compiled.id), redact, sensitivePaths });
    const hidden = unknownSensitive && before !== undefined && sensitivePaths.size > 0;
    const changes = hidden ? found.filter(change => !isWithin(change.path, sensitivePaths)) : found;
    const note = hidden ? { message: NOT_COMPARED } : {};
    if (before === undefined) return { action: "create", changes, ...note };
    if (changes.length === 0) return { action: "unchanged", ...note };
    const podsRestarted = restartedPods(before, changes);
    return { action: "change", changes, ...(podsRestarted > 0 ? { podsRestarted } : {}), ...note };
  }

  /** What must not be shown, of what is wanted and of what was: what a field held before may be as sensitive. */
  private async masks(
    { node, after, before }: NodeCase,
    context: RenderContext,
    prepared: readonly PreparedResource[],
  ): Promise<Masks> {
    const values = [...(after.sensitive?.values.values() ?? []), ...(before?.sensitive?.values.values() ?? [])];
    const masks: Masks = { redact: new Redactor(values).redact, paths: new Map(), schemas: new Map() };
    const note = async (one: PreparedResource, inContext: RenderContext): Promise<void> => {
      if (one.kind !== "wanted") return;
      const schema = (await this.preparer.kindFacts(one.compiled))?.schema;
      if (schema !== undefined) masks.schemas.set(one.compiled.id, schema);
      const locations = new Set(
        sensitiveLeaves(one.compiled, inContext).map(location => JSON.stringify(folded(location))),
      );
      if (locations.size === 0) return;
      const paths = masks.paths.get(one.compiled.id) ?? new Set<string>();
      for (const [path, leaf] of leavesOf(one.object, schema)) {
        if (locations.has(JSON.stringify(leaf.location))) paths.add(path);
      }
      masks.paths.set(one.compiled.id, paths);
    };
    await Promise.all(prepared.map(one => note(one, context)));
    if (before?.sensitive !== undefined && before.blueprint !== after.blueprint) {
      const old = renderContext(node, before.values, before.sensitive);
      const was = await this.preparer.prepare(before.blueprint, old, undefined);
      await Promise.all(was.map(one => note(one, old)));
    }
    return masks;
  }
}

const TERMINATING = "an object of this name is being deleted; it is made again when that is done";
const NOT_COMPARED = "fields with sensitive values are not compared: the Secret with them cannot be read";
const UNCHECKED = "not checked by the API server: its namespace is not there yet";

interface Masks {
  readonly redact: (text: string) => string;
  /** Paths of leaves with sensitive values, by resource id. */
  readonly paths: Map<string, Set<string>>;
  readonly schemas: Map<string, NonNullable<Parameters<typeof leavesOf>[1]>>;
}

/** `stringData` is written as `data`. */
function folded(location: readonly (string | number)[]): readonly (string | number)[] {
  return location[0] === "stringData" ? ["data", ...location.slice(1)] : location;
}

/** Namespaces that the node makes for itself. */
function namespacesOf(prepared: readonly PreparedResource[]): ReadonlySet<string> {
  return new Set(
    prepared.flatMap(one =>
      one.kind === "wanted" && one.object.kind === "Namespace" ? (one.object.metadata.name ?? []) : [],
    ),
  );
}

function refused(
  result: Exclude<WriteResult, { state: "written" }>,
  namespace: string | undefined,
  ownNamespaces: ReadonlySet<string>,
  { redact }: Masks,
): Pick<ObjectPlan, "action" | "message"> {
  switch (result.state) {
    case "kept":
      return { action: "unchanged" };
    case "terminating":
      return { action: "wait", message: TERMINATING };
    case "conflict":
      return { action: "conflict", message: redact(result.message) };
    case "refused":
      if (result.passing && namespace !== undefined && ownNamespaces.has(namespace)) {
        return { action: "create", message: UNCHECKED };
      }
      return result.immutable
        ? { action: "recreate", message: `${IMMUTABLE}: ${redact(result.message)}` }
        : { action: "fail", message: redact(result.message) };
  }
}

const IMMUTABLE = "a field of it is immutable; delete the object, and it is made anew as the form says";

/** A new object that takes the place of one that goes says so. */
function renamed(object: ObjectPlan, removals: readonly Removal[]): ObjectPlan {
  const old = removals.find(({ id }) => id === object.id);
  if (object.action !== "create" || old === undefined) return object;
  const name = old.namespace === undefined ? old.name : `${old.namespace}/${old.name}`;
  return { ...object, action: "recreate", replaces: `${old.gvk.kind} ${name}` };
}

function removalPlan({ gvk, namespace, name, deletionPolicy }: Removal): ObjectPlan {
  return {
    action: deletionPolicy === "Retain" ? "retain" : "delete",
    apiVersion: formatApiVersion(gvk),
    kind: gvk.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
  };
}
