import { describe, expect, it } from "@jest/globals";
import { type LynqNodeSpec } from "../../crds";
import { formerKinds } from "./former-kinds";

const spec: LynqNodeSpec = {
  uid: "acme",
  templateRef: "web",
  resources: [
    { id: "config", apiVersion: "v1", kind: "ConfigMap" },
    { id: "widget", apiVersion: "example.com/v1", kind: "Widget" },
    { id: "other", apiVersion: "example.com/v1", kind: "Widget", excluded: true },
  ],
};
const config = { apiVersion: "v1", kind: "ConfigMap" };
const widget = { apiVersion: "example.com/v1", kind: "Widget" };
const gadget = { apiVersion: "example.com/v1", kind: "Gadget" };

describe("kinds that a node may have written", () => {
  it("are remembered when the next revision drops them before the node has come to rest", () => {
    expect(formerKinds({ spec }, [config], false)).toEqual([widget]);
  });

  it("are remembered through further revisions, until one names them again", () => {
    const later = { ...spec, resources: [], formerKinds: [widget, gadget] };
    expect(formerKinds({ spec: later }, [config], false)).toEqual([gadget, widget]);
    expect(formerKinds({ spec: later }, [widget], false)).toEqual([gadget]);
  });

  it("are none of a node at rest: its inventory has them", () => {
    expect(formerKinds({ spec: { ...spec, formerKinds: [gadget] } }, [config], true)).toEqual([]);
  });
});
