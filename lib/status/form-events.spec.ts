import { describe, expect, it } from "@jest/globals";
import { type Condition } from "../../crds";
import { faultReason, type FormFault, formEvents } from "./form-events";

const valid = (status: "True" | "False", message = "why"): Condition[] => [
  { type: "Valid", status, reason: "Because", message, lastTransitionTime: "2026-07-06T12:00:00Z" },
];
const faults: FormFault[] = [
  { reason: "HubNotFound", message: "no hub" },
  { reason: "DependencyValidationFailed", message: "a circle" },
  { reason: "DependencyValidationFailed", message: "unknown" },
];

describe("events of a form", () => {
  it("tell each kind of fault once, beside ValidationFailed", () => {
    expect(formEvents(valid("True"), valid("False"), faults)).toEqual([
      { type: "Warning", reason: "ValidationFailed", message: "why" },
      { type: "Warning", reason: "HubNotFound", message: "no hub" },
      { type: "Warning", reason: "DependencyValidationFailed", message: "a circle; unknown" },
    ]);
  });

  it("tell nothing while nothing changes, and no fault of a form that is valid again", () => {
    expect(formEvents(valid("False"), valid("False"), faults)).toEqual([]);
    expect(formEvents(valid("False"), valid("True"), []).map(({ reason }) => reason)).toEqual(["ValidationPassed"]);
  });

  it.each([
    ["resource-id-taken", "DuplicateResourceIDs"],
    ["depend-unknown", "DependencyValidationFailed"],
    ["depend-cycle", "DependencyValidationFailed"],
    ["template-syntax", undefined],
  ])("call rule %s %s", (rule, reason) => {
    expect(faultReason(rule)).toBe(reason);
  });
});
