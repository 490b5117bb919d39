import { describe, expect, it } from "@jest/globals";
import { eventsFor, worthKnowing, type EventFacts } from "./node-events";
import { nodeStatus } from "./node-status";
import { type ResourceOutcome, type ResourceState } from "./outcome";

function outcome(state: ResourceState, more: Partial<ResourceOutcome> = {}): ResourceOutcome {
  return {
    id: "app",
    kind: "Deployment",
    namespace: "acme",
    name: "app",
    wave: 0,
    state,
    reason: state,
    message: "why",
    ...more,
  };
}

const reasons = (before: readonly ResourceOutcome[] | undefined, now: readonly ResourceOutcome[], facts?: EventFacts) =>
  eventsFor(before, now, facts).map(event => event.reason);

const ready = outcome("Ready");
const starting = outcome("Progressing");
const refused = outcome("Failed", { reason: "ApplyFailed", message: "try 1" });
const conflict = outcome("Conflicted", { message: 'conflict with "helm": .spec.replicas' });

describe("events of a node", () => {
  it.each<[string, ResourceOutcome[], ResourceOutcome[], string[]]>([
    ["nothing changes", [ready], [ready], []],
    ["a problem stays", [refused], [refused], []],
    ["a problem says other words", [refused], [{ ...refused, message: "try 2" }], []],
    ["a write is refused", [starting], [refused], ["ApplyFailed", "TemplateAppliedPartial"]],
    [
      "the timeout passes",
      [starting],
      [outcome("Failed", { reason: "ReadinessTimeout" })],
      ["ReadinessTimeout", "TemplateAppliedPartial"],
    ],
    [
      "a template fails",
      [ready],
      [outcome("Failed", { reason: "TemplateRenderError" })],
      ["TemplateRenderError", "TemplateAppliedPartial"],
    ],
    [
      "a template fails at another place",
      [outcome("Failed", { reason: "TemplateRenderError", message: ".a" })],
      [outcome("Failed", { reason: "TemplateRenderError", message: ".b" })],
      ["TemplateRenderError"],
    ],
    ["a problem becomes another", [refused], [outcome("Failed", { reason: "ReadinessTimeout" })], ["ReadinessTimeout"]],
    ["a conflict begins", [ready], [conflict], ["ResourceConflict", "TemplateAppliedPartial"]],
    [
      "a conflict is with another manager",
      [conflict],
      [{ ...conflict, message: 'conflict with "terraform"' }],
      ["ResourceConflict"],
    ],
    [
      "a dependency has failed",
      [outcome("Blocked")],
      [outcome("Skipped")],
      ["DependencySkipped", "TemplateAppliedPartial"],
    ],
    [
      "a resource goes on in spite of a failed dependency",
      [outcome("Blocked")],
      [outcome("Progressing", { reason: "DependencyFailedButProceeding" })],
      ["DependencyFailedButProceeding"],
    ],
    ["every resource is ready", [starting], [ready], ["TemplateAppliedSuccess"]],
    ["a ready resource falls back", [ready], [starting], []],
    ["a failure is over", [refused], [ready], ["TemplateAppliedSuccess"]],
    ["a failure is tried again", [starting], [{ ...refused, retrying: true }], ["ApplyFailed"]],
    ["a resource is not wanted any more", [ready], [outcome("Excluded")], []],
  ])("%s", (_, before, now, expected) => {
    expect(reasons(before, now)).toEqual(expected);
  });

  it("are none the second time, whatever they were the first time", () => {
    const states: ResourceState[] = [
      "Ready",
      "Progressing",
      "Failed",
      "Conflicted",
      "Skipped",
      "Blocked",
      "Excluded",
      "Deleting",
    ];
    for (const a of states) {
      for (const b of states) {
        const outcomes = [outcome(a), outcome(b, { id: "svc", name: "svc" })];
        expect([
          a,
          b,
          reasons(
            outcomes,
            outcomes.map(each => ({ ...each })),
          ),
        ]).toEqual([a, b, []]);
      }
    }
  });

  it("are the same when only what is not well was remembered", () => {
    const all = [
      ready,
      starting,
      refused,
      conflict,
      ...(["Skipped", "Blocked", "Excluded", "Deleting"] as const).map(state => outcome(state)),
    ];
    for (const before of all) {
      for (const beside of all) {
        for (const after of all) {
          const previous = [before, { ...beside, id: "svc", name: "svc" }];
          const next = [after, { ...ready, id: "svc", name: "svc" }];
          for (const written of [0, 1])
            expect(reasons(worthKnowing(previous), next, { written })).toEqual(reasons(previous, next, { written }));
        }
      }
    }
    expect(worthKnowing([ready, outcome("Excluded")])).toEqual([]);
  });

  it("tell when writing begins and when it is done", () => {
    expect(reasons(undefined, [starting], { written: 1 })).toEqual(["TemplateResourcesApplying"]);
    expect(reasons([starting], [starting], { written: 1 })).toEqual([]);
    expect(reasons([ready], [ready], { written: 1 })).toEqual(["TemplateAppliedSuccess"]);
  });

  it("name the object and are of the right type", () => {
    expect(eventsFor([ready], [conflict])).toEqual([
      {
        type: "Warning",
        reason: "ResourceConflict",
        message: 'conflict with "helm": .spec.replicas',
      },
      { type: "Warning", reason: "TemplateAppliedPartial", message: "0 of 1 resources are ready" },
    ]);
    expect(eventsFor([starting], [ready])).toEqual([
      { type: "Normal", reason: "TemplateAppliedSuccess", message: "1 of 1 resources are ready" },
    ]);
  });

  it("are no longer than the API server takes", () => {
    const [event] = eventsFor([ready], [{ ...refused, message: "x".repeat(5000) }]);
    expect(event?.message).toHaveLength(1024);
  });

  describe("after a restart", () => {
    const reported = (outcomes: ResourceOutcome[]) =>
      nodeStatus(
        { generation: 1, outcomes, inventory: [], formRevision: "web-1", previousConditions: [] },
        new Date("2026-07-06T12:00:00Z"),
      );

    it("do not tell again what the status says already", () => {
      for (const known of [ready, starting, refused, conflict, outcome("Skipped")]) {
        expect([known.state, reasons(undefined, [known], { reported: reported([known]) })]).toEqual([known.state, []]);
      }
    });

    it("tell what happened in between", () => {
      expect(reasons(undefined, [refused], { reported: reported([ready]) })).toContain("ApplyFailed");
      expect(reasons(undefined, [conflict], { reported: reported([refused]) })).toContain("ResourceConflict");
    });
  });
});
