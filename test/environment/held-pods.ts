import { isPlainObject } from "../../lib/blueprint/object";
import { type ApiResource } from "../../lib/cluster";
import { eventually } from "./eventually";
import { type Scenario } from "./scenario";

const PODS: ApiResource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true, verbs: [] };

/** In a pod's spec: no scheduler takes the pod until {@link releasePods}, so whatever waits for it waits. */
export const held = { schedulingGates: [{ name: "example.com/hold" }] };

/** Lets the held pods of a workload go, once there are any; `name` is the start of their names. */
export async function releasePods(scenario: Scenario, name: string): Promise<void> {
  const pods = await eventually(async () => {
    const found = (await scenario.list("v1", "Pod")).filter(({ metadata }) => metadata.name?.startsWith(name) === true);
    if (found.length === 0) throw new Error(`there is no pod ${name}…`);
    return found;
  });
  for (const { metadata, ...pod } of pods) {
    if (!isHeld(pod["spec"])) continue;
    const key = { namespace: metadata.namespace, name: metadata.name ?? "" };
    await scenario.client.jsonPatch(PODS, key, [{ op: "remove", path: "/spec/schedulingGates" }]);
  }
}

function isHeld(spec: unknown): boolean {
  return isPlainObject(spec) && Array.isArray(spec["schedulingGates"]) && spec["schedulingGates"].length > 0;
}
