import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type LynqNodeObject } from "../../crds";
import { suspensionOf } from "../plan/suspension";
import { nodeHealth } from "../status";
import { NodeIndex } from "./node-index";

interface Shape {
  readonly hub: string;
  readonly form: string;
  readonly revision: string | undefined;
  readonly inactive: boolean;
  readonly frozen: boolean;
  readonly deleting: boolean;
  readonly health: "Ready" | "Failed" | "Progressing";
}

const shapes = fc.record<Shape>({
  hub: fc.constantFrom("hub", "other"),
  form: fc.constantFrom("a", "b"),
  revision: fc.constantFrom("r1", "r2", undefined),
  inactive: fc.boolean(),
  frozen: fc.boolean(),
  deleting: fc.boolean(),
  health: fc.constantFrom("Ready", "Failed", "Progressing"),
});

function node(name: string, { hub, form, revision, inactive, frozen, deleting, health }: Shape): LynqNodeObject {
  const conditions = {
    Ready: [{ type: "Ready", status: "True" }],
    Failed: [{ type: "Degraded", status: "True", reason: "ResourceFailed" }],
    Progressing: [],
  }[health].map(condition => ({ reason: "", message: "", lastTransitionTime: "", ...condition }));
  return {
    apiVersion: "operator.lynq.sh/v1",
    kind: "LynqNode",
    metadata: {
      namespace: "ns",
      name,
      generation: 1,
      ...(deleting && { deletionTimestamp: "2026-01-01T00:00:00Z" }),
    },
    spec: {
      uid: `row-of-${name}`,
      hubId: hub,
      templateRef: form,
      ...(revision !== undefined && { formRevision: revision }),
      ...(inactive && { inactiveSince: "2026-01-01T00:00:00Z" }),
      ...(frozen && { suspended: true }),
    },
    status: { observedGeneration: 1, conditions },
  } as LynqNodeObject;
}

/** The same by walking through all nodes. */
function walked(nodes: readonly LynqNodeObject[]) {
  const active = nodes.filter(({ spec }) => spec.inactiveSince === undefined);
  const reached = active.filter(one => suspensionOf(one, undefined) === undefined);
  const with_ = (list: readonly LynqNodeObject[], health: string) =>
    list.filter(({ metadata, status }) => nodeHealth(metadata.generation, status) === health).length;
  return {
    total: nodes.length,
    living: nodes.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length,
    inactive: nodes.length - active.length,
    suspended: nodes.filter(one => suspensionOf(one, undefined) !== undefined).length,
    ready: with_(active, "Ready"),
    failed: with_(active, "Failed"),
    reached: { total: reached.length, ready: with_(reached, "Ready"), failed: with_(reached, "Failed") },
    revisions: [...new Set(nodes.flatMap(({ spec }) => spec.formRevision ?? []))].sort(),
    newest: reached.filter(({ spec }) => spec.formRevision === "r2").length,
  };
}

function counted(index: NodeIndex, hub: string, form: string) {
  const tally = index.talliesOfHub("ns", hub).get(form);
  expect(index.talliesOfForm("ns", form).get(hub)).toBe(tally);
  if (tally === undefined) return walked([]);
  const { total, living, inactive, suspended, ready, failed, reached } = tally;
  const revisions = [...tally.revisions()].sort();
  return {
    total,
    living,
    inactive,
    suspended,
    ready,
    failed,
    reached: { ...reached },
    revisions,
    newest: tally.reachedBy("r2"),
  };
}

describe("NodeIndex", () => {
  it("counts and finds what a walk over all nodes would, whatever came, changed and went", () => {
    const steps = fc.array(fc.tuple(fc.constantFrom("n1", "n2", "n3", "n4"), fc.option(shapes)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, history => {
        const index = new NodeIndex();
        const stored = new Map<string, LynqNodeObject>();
        for (const [name, shape] of history) {
          const before = stored.get(name);
          const after = shape === null ? undefined : node(name, shape);
          if (before === undefined && after === undefined) continue;
          index.update(`ns/${name}`, after, before);
          if (after === undefined) stored.delete(name);
          else stored.set(name, after);
        }
        const all = [...stored.values()];
        for (const hub of ["hub", "other"]) {
          const own = all.filter(({ spec }) => spec.hubId === hub);
          expect(new Set(index.ofHub("ns", hub))).toEqual(new Set(own));
          for (const one of own) expect(index.ofRow("ns", hub, one.spec.uid)).toEqual([one]);
          for (const form of ["a", "b"]) {
            expect(counted(index, hub, form)).toEqual(walked(own.filter(({ spec }) => spec.templateRef === form)));
          }
        }
        for (const form of ["a", "b"]) {
          expect(new Set(index.ofForm("ns", form))).toEqual(
            new Set(all.filter(({ spec }) => spec.templateRef === form)),
          );
        }
      }),
    );
  });
});
