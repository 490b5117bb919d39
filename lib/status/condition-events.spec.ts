import { describe, expect, it } from "@jest/globals";
import { type Condition, type ConditionStatus } from "../../crds";
import { conditionEvents } from "./condition-events";

const condition = (type: string, status: ConditionStatus, message = "why"): Condition => ({
  type,
  status,
  reason: "Because",
  message,
  lastTransitionTime: "2026-07-06T12:00:00Z",
});

describe("events of a hub or a form", () => {
  it.each<["LynqHub" | "LynqForm", Condition[], Condition[], string[]]>([
    ["LynqHub", [condition("Ready", "True")], [condition("Ready", "False")], ["DatabaseQueryFailed"]],
    ["LynqHub", [], [condition("Ready", "False")], ["DatabaseQueryFailed"]],
    ["LynqHub", [condition("Ready", "False")], [condition("Ready", "False", "try 2")], []],
    ["LynqHub", [condition("Ready", "False")], [condition("Ready", "True")], []],
    ["LynqHub", [condition("DeletionHeld", "False")], [condition("DeletionHeld", "True")], ["DeletionHeld"]],
    ["LynqHub", [condition("DeletionHeld", "True", "12")], [condition("DeletionHeld", "True", "13")], []],
    ["LynqHub", [], [condition("RowsQuarantined", "True")], ["RowsQuarantined"]],
    ["LynqForm", [condition("Valid", "True")], [condition("Valid", "False")], ["ValidationFailed"]],
    ["LynqForm", [condition("Valid", "False", "a")], [condition("Valid", "False", "b")], ["ValidationFailed"]],
    ["LynqForm", [condition("Valid", "False", "a")], [condition("Valid", "False", "a")], []],
    ["LynqForm", [condition("Valid", "False")], [condition("Valid", "True")], ["ValidationPassed"]],
    ["LynqForm", [condition("Valid", "True")], [condition("Valid", "True")], []],
    ["LynqForm", [condition("Ready", "True")], [condition("Ready", "False")], []],
  ])("%s: %j, then %j: %j", (kind, before, after, expected) => {
    expect(conditionEvents(kind, before, after).map(event => event.reason)).toEqual(expected);
  });

  it("carry the condition's message", () => {
    expect(conditionEvents("LynqForm", undefined, [condition("Valid", "False", "unknown hub")])).toEqual([
      { type: "Warning", reason: "ValidationFailed", message: "unknown hub" },
    ]);
  });
});
