import { describe, expect, it } from "@jest/globals";
import { PeprMutateRequest, R } from "pepr";
import { copyInOnePass } from "./request-copies";

type Request = ConstructorParameters<typeof PeprMutateRequest>[0];

/** As the API server sends it, parsed. */
function requestWith(object: string): Request {
  const json = `{"uid":"1","operation":"CREATE","object":${object},"oldObject":null}`;
  return JSON.parse(json) as Request;
}

describe("Pepr's copies of a request's objects", () => {
  it("are equal to the object, and none of it", () => {
    const text = '{"metadata":{"name":"a"},"spec":{"list":[{},{"b":[1,"2",null,true]}],"__proto__":{"c":3}}}';
    const request = requestWith(text);
    copyInOnePass(request);
    const copy = new PeprMutateRequest(request);
    expect(JSON.stringify(copy.Raw)).toBe(text);
    copy.SetLabel("a", "b");
    expect(JSON.stringify(request.object)).toBe(text);
    expect(Object.keys(request.object)).not.toContain("clone");
  });

  it("are made by us: also of what nests deeper than calls can", () => {
    const levels = 100_000;
    const deep = requestWith(`{"metadata":{},"spec":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`);
    expect(() => new PeprMutateRequest(deep)).toThrow("Maximum call stack size exceeded");
    copyInOnePass(deep);
    const copy = new PeprMutateRequest(deep);
    expect(copy.Raw).toHaveProperty("spec.a.a.a");
    // Pepr copies what it has changed once more.
    copy.SetLabel("a", "b");
    expect(R.clone(copy.Raw)).toHaveProperty("metadata.labels.a", "b");
  });
});
