import { describe, expect, it } from "@jest/globals";
import { parseReference } from "./reference";

describe("parseReference", () => {
  it.each([
    ["form/web", "form/web", "lynqforms"],
    ["LynqForm/web", "form/web", "lynqforms"],
    ["lh/customers", "hub/customers", "lynqhubs"],
    ["lynqnodes/acme-web", "node/acme-web", "lynqnodes"],
  ])("reads %s", (given, text, plural) => {
    const reference = parseReference(given, ["hub", "form", "node"]);
    expect([reference.text, reference.resource.plural]).toEqual([text, plural]);
  });

  it.each(["web", "form/", "/web", "form/a/b", "deployment/web", "hub/customers"])("refuses %s", text => {
    expect(() => parseReference(text, ["form", "node"])).toThrow(
      `${JSON.stringify(text)} is none of form/NAME, node/NAME; write form/NAME`,
    );
  });
});
