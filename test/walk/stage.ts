import { expect } from "@jest/globals";
import { type LynqFormObject } from "../../crds";
import { isPlainObject, type KubernetesObject } from "../../lib/blueprint/object";
import { NODES } from "../../lib/controllers/kinds";
import { ANNOTATION_RECONCILE_AT } from "../../lib/metadata";
import { findCondition } from "../../lib/status";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";
import { guard, type Model, type ModelObject, objectKey } from "./model";
import { parts } from "./parts";

const kinds = [...new Map(Object.values(parts).map(part => [part.kind, part])).values()];
const ours = /^r\d-(alpha|beta)-/;

/** The real thing, and how it compares with what the model wants. */
export class Stage {
  private constructor(
    readonly scenario: Scenario,
    readonly farNamespace: string,
  ) {}

  static async open(): Promise<Stage> {
    const scenario = await Scenario.open("walk");
    const farNamespace = `${scenario.namespace}-far`;
    await scenario.createNamespace(farNamespace);
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, size INT, paused BOOLEAN)");
    const valueMappings = { uid: "id", activate: "active", suspend: "paused" };
    await scenario.hub({ extra: { size: "size" }, spec: { deletionGuard: guard, valueMappings } });
    return new Stage(scenario, farNamespace);
  }

  close(): Promise<void> {
    return this.scenario.close();
  }

  namespaceOf(object: Pick<ModelObject, "far">): string {
    return object.far ? this.farNamespace : this.scenario.namespace;
  }

  /** Waits until everything is as the model says; then the model knows the UIDs of what is new. */
  async settle(model: Model): Promise<void> {
    const asked = new Set<string>();
    await eventually(async () => {
      await this.hurry(model, asked);
      await this.compare(model);
    });
  }

  /**
   * What was refused is asked for again ever less often, up to minutes apart. Where the model says that nothing is in its way any more, the node is asked
   * to look at once, as people do with `lynq reconcile`; that it does by itself is conflicts.spec.ts's matter.
   */
  private async hurry(model: Model, asked: Set<string>): Promise<void> {
    for (const { metadata, status } of await this.scenario.nodes()) {
      const { name = "", namespace } = metadata;
      const wanted = model.nodes.get(name);
      if (wanted === undefined || wanted.conflicted || model.isSuspended(wanted) || asked.has(name)) continue;
      if (findCondition(status?.conditions, "Conflicted")?.status !== "True") continue;
      asked.add(name);
      const annotations = { [ANNOTATION_RECONCILE_AT]: new Date().toISOString() };
      await this.scenario.client.mergePatch(NODES, { namespace, name }, { metadata: { annotations } });
    }
  }

  private async compare(model: Model): Promise<void> {
    const [nodes, objects, hub] = await Promise.all([this.scenario.nodes(), this.objects(), this.scenario.hubObject()]);
    const forms = new Map<string, LynqFormObject>();
    for (const form of model.forms.keys()) forms.set(form, await this.scenario.formObject(form));
    for (const [form, { metadata, status }] of forms)
      expect([form, status?.observedGeneration]).toEqual([form, metadata.generation]);
    const revisions = new Map([...forms].map(([form, { status }]) => [form, status?.currentRevision]));
    expect(nodes.map(({ metadata }) => metadata.name).sort()).toEqual([...model.nodes.keys()].sort());
    expect([...objects.keys()].sort()).toEqual([...model.objects.keys(), ...model.foreign.keys()].sort());
    for (const [key, uid] of model.foreign) {
      const { metadata } = found(objects, key);
      expect([key, metadata.uid, metadata.labels]).toEqual([key, uid, undefined]);
    }
    for (const [key, wanted] of model.objects) {
      const object = found(objects, key);
      const { uid, labels = {}, deletionTimestamp } = object.metadata;
      expect([key, uid, deletionTimestamp]).toEqual([key, wanted.uid ?? uid, undefined]);
      expect([key, labels["lynq.sh/orphaned"] === "true"]).toEqual([key, wanted.orphaned]);
      expect([key, sizeOf(object)]).toEqual([key, wanted.part === "account" ? undefined : String(wanted.size)]);
    }
    for (const { metadata, spec, status } of nodes) {
      const { name = "", uid, deletionTimestamp, generation } = metadata;
      const wanted = model.nodes.get(name);
      // One that is on its way out is none that stays, though it bears the name.
      expect([name, uid, deletionTimestamp]).toEqual([name, wanted?.uid ?? uid, undefined]);
      // What is said of an older content is no news of this one.
      expect([name, status?.observedGeneration]).toEqual([name, generation]);
      const suspended = wanted !== undefined && model.isSuspended(wanted);
      expect([name, findCondition(status?.conditions, "Suspended")?.status]).toEqual([
        name,
        suspended ? "True" : undefined,
      ]);
      if (suspended) continue;
      expect([name, status?.formRevision]).toEqual([name, spec.formRevision]);
      if (wanted !== undefined && model.isFollowing(wanted))
        expect([name, spec.formRevision]).toEqual([name, revisions.get(wanted.form)]);
      const conditions = ["Ready", "Conflicted"].map(type => findCondition(status?.conditions, type)?.status);
      expect([name, ...conditions]).toEqual([
        name,
        ...(wanted?.conflicted === true ? ["False", "True"] : ["True", "False"]),
      ]);
    }
    for (const [form, { status }] of forms) {
      const suspended = model.suspendedForms.has(form);
      expect([form, findCondition(status?.conditions, "Suspended")?.status]).toEqual([
        form,
        suspended ? "True" : undefined,
      ]);
    }
    const { deletionHeld, desired } = hub.status ?? {};
    expect([deletionHeld?.count, deletionHeld?.examples, desired]).toEqual([
      model.held?.nodes.length,
      model.held?.nodes,
      desiredNodes(model),
    ]);

    for (const { metadata } of nodes) {
      const node = model.nodes.get(metadata.name ?? "");
      if (node !== undefined) node.uid = metadata.uid;
    }
    for (const [key, object] of model.objects) object.uid = found(objects, key).metadata.uid;
  }

  /** Everything that bears the name of a row's object, whosever it is. */
  private async objects(): Promise<Map<string, KubernetesObject>> {
    const all = new Map<string, KubernetesObject>();
    for (const namespace of [this.scenario.namespace, this.farNamespace]) {
      for (const { apiVersion, kind } of kinds) {
        for (const object of await this.scenario.list(apiVersion, kind, undefined, namespace)) {
          const { name = "" } = object.metadata;
          if (ours.test(name)) all.set(`${namespace === this.farNamespace ? "far/" : ""}${kind}/${name}`, object);
        }
      }
    }
    return all;
  }
}

function desiredNodes({ rows, forms }: Model): number {
  return [...rows.values()].filter(({ active, twin }) => active && !twin).length * forms.size;
}

function found(objects: ReadonlyMap<string, KubernetesObject>, key: string): KubernetesObject {
  const object = objects.get(key);
  if (object === undefined) throw new Error(`there is no ${key}`);
  return object;
}

function sizeOf(object: KubernetesObject): string | undefined {
  const { data, spec } = object;
  const size = isPlainObject(data) ? data["size"] : isPlainObject(spec) ? spec["replicas"] : undefined;
  return typeof size === "number" || typeof size === "string" ? String(size) : undefined;
}

/** A key of the model, as kubectl names it. */
export function kubectlName({ part, name }: Pick<ModelObject, "part" | "name">): string {
  return objectKey(part, name).replace(/^far\//, "");
}
