import { describe, expect, it } from "@jest/globals";
import { suspensionOf } from "./suspension";

const node = (annotations: Record<string, string> = {}, suspended?: boolean) => ({
  metadata: { name: "acme-web", annotations },
  spec: { uid: "acme", templateRef: "web", ...(suspended === undefined ? {} : { suspended }) },
});
const form = (suspend?: boolean) => ({ spec: { hubId: "hub", ...(suspend === undefined ? {} : { suspend }) } });
const byHand = { "lynq.sh/suspend": "true" };

describe("a node is suspended", () => {
  it.each([
    ["by its annotation, before all else", node(byHand, true), form(true), "NodeSuspended"],
    ["by its row, before its form", node({}, true), form(true), "RowSuspended"],
    ["by its form", node(), form(true), "FormSuspended"],
    ["by nothing", node({}, false), form(false), undefined],
    ["by nothing when it has no form", node(), undefined, undefined],
    ["by no other text than true", node({ "lynq.sh/suspend": "yes" }), form(), undefined],
  ])("%s", (_, one, itsForm, reason) => {
    expect(suspensionOf(one, itsForm)?.reason).toBe(reason);
  });
});
