import { isPlainObject, type KubernetesObject } from "../../lib/blueprint/object";
import { type Scenario } from "./scenario";

/** `apiVersion`, kind and name. */
export type Reference = readonly [apiVersion: string, kind: string, name: string];

/** What a takeover must not change: some objects of one namespace, and every pod that runs there. Comparable with `toEqual`. */
export class StackState {
  private constructor(
    /** Without status, revision, and what controllers own of the status. */
    readonly objects: readonly KubernetesObject[],
    /** `<uid> restarted <n> times`, sorted. */
    readonly pods: readonly string[],
  ) {}

  static async read(scenario: Scenario, namespace: string, references: readonly Reference[]): Promise<StackState> {
    const objects = await Promise.all(references.map(each => scenario.get(...each, namespace)));
    const pods = await scenario.list("v1", "Pod", undefined, namespace);
    return new StackState(objects.map(settled), pods.flatMap(running).sort());
  }

  get uids(): (string | undefined)[] {
    return this.objects.map(({ metadata }) => metadata.uid);
  }

  /** Field managers of each object. */
  get managers(): (string | undefined)[][] {
    return this.objects.map(({ metadata }) => (metadata.managedFields ?? []).map(({ manager }) => manager));
  }

  /** All but who owns it: no field managers, owners and tracking keys. */
  withoutOwnership(): unknown {
    return { pods: this.pods, objects: this.objects.map(substance) };
  }
}

function settled(object: KubernetesObject): KubernetesObject {
  const { managedFields = [] } = object.metadata;
  return {
    ...object,
    status: undefined,
    metadata: {
      ...object.metadata,
      resourceVersion: undefined,
      managedFields: managedFields.filter(({ subresource }) => subresource === undefined),
    },
  };
}

function substance(object: KubernetesObject): unknown {
  const { labels, annotations } = object.metadata;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      // A Deployment's counts annotations, too.
      generation: undefined,
      managedFields: undefined,
      ownerReferences: undefined,
      labels: foreign(labels),
      annotations: foreign(annotations),
    },
  };
}

function foreign(keys: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(keys).filter(([key]) => !key.startsWith("lynq.sh/")));
}

function running({ metadata, status }: KubernetesObject & { status?: unknown }): string[] {
  if (!isPlainObject(status) || status["phase"] !== "Running" || metadata.deletionTimestamp !== undefined) return [];
  const containers: unknown = status["containerStatuses"];
  const restarts = (Array.isArray(containers) ? containers : []).map((one: unknown) =>
    isPlainObject(one) ? Number(one["restartCount"]) : 0,
  );
  return [`${metadata.uid ?? ""} restarted ${restarts.join("+")} times`];
}
