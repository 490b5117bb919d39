import { describe, expect, it } from "@jest/globals";
import { assessReadiness } from "./assess";
import { needsOnlyMetadata } from "./metadata-only";

describe("needsOnlyMetadata", () => {
  it.each([
    ["v1", "", "ConfigMap"],
    ["v1", "", "Secret"],
    ["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io", "Role"],
    ["networking.k8s.io/v1", "networking.k8s.io", "NetworkPolicy"],
  ])("holds for %s %s %s, which is judged the same with and without its content", (apiVersion, group, kind) => {
    expect(needsOnlyMetadata({ group, kind })).toBe(true);
    const metadata = { name: "a", generation: 3 };
    const whole = assessReadiness({ apiVersion, kind, metadata, data: { a: "b" }, spec: { a: "b" }, rules: [] });
    expect(assessReadiness({ apiVersion, kind, metadata })).toEqual(whole);
    expect(whole).toEqual({ state: "Ready", message: "exists" });
  });

  it.each([
    ["", "Service"],
    ["", "PersistentVolumeClaim"],
    ["", "Namespace"],
    ["apps", "Deployment"],
    ["networking.k8s.io", "Ingress"],
    ["acme.io", "ConfigMap"],
    ["constructor", "name"],
  ])("does not hold for %s %s", (group, kind) => {
    expect(needsOnlyMetadata({ group, kind })).toBe(false);
  });
});
