import { describe, expect, it } from "@jest/globals";
import { isImmutableRefusal } from "./immutable-field";
import { type LeafChange } from "./object-diff";
import { needsHelp, type NodePlan, type ObjectAction, type ObjectPlan, restartedPods } from "./object-plan";
import { changesAnything, PlanCounter } from "./plan-summary";
import { objectLine } from "./plan-text";

const leaf = (path: string): LeafChange => ({ path, change: "changed", before: 1, after: 2 });
const image = leaf('.spec.template.spec.containers[name="app"].image');
const workload = (kind: string, status: Record<string, number>, spec: Record<string, unknown> = {}) => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "x" },
  spec,
  status,
});
const object = (action: ObjectAction, more: Partial<ObjectPlan> = {}): ObjectPlan => ({
  action,
  id: "app",
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: "acme",
  name: "web",
  ...more,
});

describe("pods that a change restarts", () => {
  it.each([
    ["all of a Deployment", workload("Deployment", { replicas: 3 }), [image], 3],
    ["all of a StatefulSet", workload("StatefulSet", { replicas: 2 }), [image], 2],
    ["one on each node for a DaemonSet", workload("DaemonSet", { currentNumberScheduled: 5 }), [image], 5],
    ["none without a change of the template", workload("Deployment", { replicas: 3 }), [leaf(".spec.replicas")], 0],
    [
      "none that nobody deletes",
      workload("StatefulSet", { replicas: 2 }, { updateStrategy: { type: "OnDelete" } }),
      [image],
      0,
    ],
    ["none of a Job", workload("Job", { active: 1 }), [image], 0],
  ])("are %s", (_, before, changes, pods) => {
    expect(restartedPods(before, changes)).toBe(pods);
  });
});

describe("what only another object can have", () => {
  it.each([
    [422, 'Deployment.apps "x" is invalid: spec.selector: Invalid value: {}: field is immutable', true],
    [422, "spec: Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden", true],
    [422, "data: Forbidden: field is immutable when `immutable` is set", true],
    [422, "spec.replicas: Invalid value: -1: must be greater than or equal to 0", false],
    [403, "field is immutable", false],
  ])("is told from a refusal %s %s: %s", (status, message, immutable) => {
    expect(isImmutableRefusal(status, message)).toBe(immutable);
  });

  it("needs somebody's help, and a new name does not", () => {
    expect(needsHelp(object("recreate", { message: "immutable" }))).toBe(true);
    expect(needsHelp(object("recreate", { replaces: "Deployment acme/old" }))).toBe(false);
  });
});

describe("the summary of a plan", () => {
  const node = (
    action: NodePlan["action"],
    row: string,
    objects: ObjectPlan[],
    more: Partial<NodePlan> = {},
  ): NodePlan => ({
    action,
    row,
    form: "web",
    namespace: "apps",
    node: `${row}-web`,
    objects,
    ...more,
  });

  it("counts rows, nodes, objects, kinds, namespaces and pods", () => {
    const counter = new PlanCounter();
    counter.add(
      node("update", "a", [object("change", { podsRestarted: 2 }), object("unchanged", { namespace: "other" })]),
    );
    counter.add(node("unchanged", "b", [object("unchanged"), object("wait")]));
    counter.add(node("delete", "c", [object("delete"), object("retain", { kind: "Service" })], { heldByGuard: true }));
    expect(counter.summary()).toMatchObject({
      rows: 3,
      rowsAffected: 2,
      nodes: { create: 0, update: 1, delete: 1, unchanged: 1 },
      heldByGuard: 1,
      objects: { change: 1, delete: 1, retain: 1, wait: 1, unchanged: 2 },
      kinds: ["Deployment", "Service"],
      namespaces: ["acme"],
      podsRestarted: 2,
    });
    expect(changesAnything(counter.summary())).toBe(true);
  });

  it("says that nothing would change when nothing would", () => {
    const counter = new PlanCounter();
    counter.add(node("update", "a", [object("unchanged"), object("wait")]));
    expect(changesAnything(counter.summary())).toBe(false);
  });
});

describe("an object in one line", () => {
  it.each([
    [object("create"), "create Deployment acme/web"],
    [object("change", { changes: [leaf(".spec.replicas")] }), "change Deployment acme/web (.spec.replicas: 1 → 2)"],
    [
      object("change", { changes: Array.from({ length: 7 }, (_, index) => leaf(`.spec.f${index}`)), podsRestarted: 1 }),
      "change Deployment acme/web (.spec.f0: 1 → 2; .spec.f1: 1 → 2; .spec.f2: 1 → 2; .spec.f3: 1 → 2; .spec.f4: 1 → 2; and 2 more fields; restarts 1 pod)",
    ],
    [
      object("recreate", { replaces: "Deployment acme/old" }),
      "recreate Deployment acme/web (takes the place of Deployment acme/old)",
    ],
    [
      { action: "fail", id: "app", apiVersion: "v1", kind: "Secret", message: "no" } as const,
      'fail Secret of resource "app" (no)',
    ],
  ])("is %j", (one, line) => {
    expect(objectLine(one)).toBe(line);
  });
});
