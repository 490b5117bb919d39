import { describe, expect, it } from "@jest/globals";
import { objectKey, PathSegmentError, resourcePath, type ApiResource } from "./resource";

const deployments: ApiResource = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
  verbs: [],
};
const namespaces: ApiResource = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
  verbs: [],
};

describe("resourcePath", () => {
  it.each([
    [resourcePath(deployments), "/apis/apps/v1/deployments"],
    [resourcePath(deployments, "shop"), "/apis/apps/v1/namespaces/shop/deployments"],
    [resourcePath(deployments, "shop", "web"), "/apis/apps/v1/namespaces/shop/deployments/web"],
    [resourcePath(deployments, "shop", "web", "status"), "/apis/apps/v1/namespaces/shop/deployments/web/status"],
    [resourcePath(namespaces, undefined, "shop"), "/api/v1/namespaces/shop"],
    [resourcePath(namespaces, "ignored", "shop"), "/api/v1/namespaces/shop"],
    [resourcePath(namespaces, undefined, "system:a b?c#d"), "/api/v1/namespaces/system%3Aa%20b%3Fc%23d"],
  ])("gives %s", (path, expected) => {
    expect(path).toBe(expected);
  });

  it.each(["", ".", "..", "a/b", "../secrets/x", "%2e%2e"])(
    "refuses the name %j, which could point elsewhere",
    name => {
      expect(() => resourcePath(deployments, "shop", name)).toThrow(PathSegmentError);
      if (name !== "") expect(() => resourcePath(deployments, name, "web")).toThrow(PathSegmentError);
    },
  );

  it("refuses an object of a namespaced kind without a namespace", () => {
    expect(() => resourcePath(deployments, undefined, "web")).toThrow('Deployment "web" needs a namespace');
    expect(() => resourcePath(deployments, "", "web")).toThrow(PathSegmentError);
  });

  it("refuses a version that leaves its path", () => {
    expect(() => resourcePath({ ...deployments, version: "v1/../v2" }, "shop")).toThrow(PathSegmentError);
  });
});

describe("objectKey", () => {
  it("is the name alone for objects of the cluster", () => {
    expect(objectKey({ namespace: "shop", name: "web" })).toBe("shop/web");
    expect(objectKey({ name: "shop" })).toBe("shop");
  });
});
