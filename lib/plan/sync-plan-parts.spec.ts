import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type ExistingNode, planSync, type SyncPlan, type WantedForm, type WantedRows } from "./sync-plan";

const UIDS = ["a", "b", "c", "d"];
const NOW = Date.parse("2026-07-06T12:00:00Z");
const free: WantedForm["rollout"] = {
  generation: 1,
  settings: undefined,
  stable: undefined,
  previous: undefined,
  approval: undefined,
  belongs: () => false,
};

interface RowShape {
  readonly state: "active" | "quarantined" | "gone";
  readonly plan: string;
  readonly frozen: boolean;
}

const rowShapes = fc.record<RowShape>({
  state: fc.constantFrom("active", "active", "quarantined", "gone"),
  plan: fc.constantFrom("basic", "gold"),
  frozen: fc.boolean(),
});
const nodeShapes = fc.record({
  form: fc.constantFrom("web", "db", "lost"),
  recordUid: fc.constantFrom(...UIDS),
  revision: fc.constantFrom("", "old", "web-1", "db-1"),
  plan: fc.constantFrom("basic", "gold"),
  deleting: fc.boolean(),
  suspended: fc.boolean(),
  suspendedByRow: fc.boolean(),
  inactive: fc.boolean(),
  ready: fc.boolean(),
});
const situations = fc.record({
  rows: fc.tuple(rowShapes, rowShapes, rowShapes, rowShapes),
  nodes: fc.uniqueArray(nodeShapes, { selector: ({ form, recordUid }) => `${form}/${recordUid}`, maxLength: 12 }),
  suspended: fc.boolean(),
  invalid: fc.boolean(),
  graceMs: fc.constantFrom(0, 60_000, 7_200_000),
});

function valuesOf(uid: string, plan: string): ReadonlyMap<string, string> {
  return new Map([
    ["uid", uid],
    ["plan", plan],
  ]);
}

function wantedRows(shapes: readonly RowShape[], uids: readonly string[]): WantedRows {
  const known = UIDS.flatMap((uid, index) => {
    const shape = shapes[index];
    return shape === undefined ? [] : [{ uid, ...shape }];
  });
  const active = known.filter(({ uid, state }) => state === "active" && uids.includes(uid));
  return {
    records: new Map(active.map(({ uid, plan }) => [uid, { uid, values: valuesOf(uid, plan) }])),
    quarantinedUids: new Set(known.filter(({ state }) => state === "quarantined").map(({ uid }) => uid)),
    suspendedUids: new Set(known.filter(({ state, frozen }) => state !== "gone" && frozen).map(({ uid }) => uid)),
  };
}

/** Everything of a plan that is done, in an order of its own. */
function actions(plans: readonly SyncPlan[]): string[] {
  return plans
    .flatMap(({ creations, updates, removals, waiting, marks }) => [
      ...creations.map(({ form, revision, record }) => ["create", form, revision, record.uid]),
      ...updates.map(({ node, revision, because, record }) => ["update", node.uid, revision, because, record.uid]),
      ...removals.map(({ uid }) => ["remove", uid]),
      ...waiting.map(({ uid }) => ["wait", uid]),
      ...marks.map(({ node, inactiveSince, suspended }) => ["mark", node.uid, inactiveSince, suspended]),
    ])
    .map(one => JSON.stringify(one))
    .sort();
}

describe("a sync of some rows", () => {
  it("comes to what a sync of all rows comes to for them, where no rollout is throttled", () => {
    fc.assert(
      fc.property(situations, ({ rows, nodes, suspended, invalid, graceMs }) => {
        const forms: WantedForm[] = [
          { name: "web", revision: "web-1", rollout: free, suspended },
          { name: "db", revision: invalid ? undefined : "db-1", rollout: free },
        ];
        const existing = nodes.map(
          ({ plan, inactive, form, recordUid, ...rest }): ExistingNode => ({
            ...rest,
            form,
            recordUid,
            name: `${recordUid}-${form}`,
            uid: `u-${recordUid}-${form}`,
            values: valuesOf(recordUid, plan),
            failed: false,
            rolledOut: false,
            since: NOW,
            inactiveSince: inactive ? new Date(NOW - 3_600_000) : undefined,
          }),
        );
        const clock = { now: NOW, grace: { ms: graceMs, readAt: new Date(NOW) } };
        const planOf = (uids: readonly string[]) =>
          planSync(
            wantedRows(rows, uids),
            forms,
            existing.filter(({ recordUid }) => uids.includes(recordUid)),
            clock,
          );
        const whole = planOf(UIDS);
        const parts = UIDS.map(uid => planOf([uid]));
        expect(actions(parts)).toEqual(actions([whole]));
        const dues = parts.flatMap(({ nextRemoval }) => nextRemoval?.getTime() ?? []);
        expect(whole.nextRemoval?.getTime()).toBe(dues.length === 0 ? undefined : Math.min(...dues));
      }),
      { numRuns: 1000 },
    );
  });
});
