import { isPlainObject } from "../../lib/blueprint/object";
import { eventually } from "./eventually";
import { type Scenario } from "./scenario";

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
    const patch = JSON.stringify([{ op: "remove", path: "/spec/schedulingGates" }]);
    const { code, stderr } = await scenario.kubectl([
      "patch",
      "pod",
      metadata.name ?? "",
      "--type=json",
      "--patch",
      patch,
    ]);
    if (code !== 0) throw new Error(`kubectl patch pod: ${stderr.trim()}`);
  }
}

function isHeld(spec: unknown): boolean {
  return isPlainObject(spec) && Array.isArray(spec["schedulingGates"]) && spec["schedulingGates"].length > 0;
}
