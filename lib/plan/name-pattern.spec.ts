import { describe, expect, it } from "@jest/globals";
import { NamePattern } from "./name-pattern";

describe("a name pattern", () => {
  it.each([
    ["tenant-*", "tenant-acme", true],
    ["tenant-*", "tenant-", true],
    ["tenant-*", "my-tenant-acme", false],
    ["*", "anything", true],
    ["*.apps", "Deployment.apps", true],
    ["*.apps", "Deployment.applications", false],
    ["*.apps", "Deploymentxapps", false],
    ["ConfigMap", "ConfigMap", true],
    ["ConfigMap", "ConfigMap.example.com", false],
    ["shop-?", "shop-1", true],
    ["shop-?", "shop-12", false],
    ["a[b]c(d)", "a[b]c(d)", true],
  ])("%s and %s: %s", (source, name, matches) => {
    expect(new NamePattern(source).matches(name)).toBe(matches);
  });

  it("is not slowed down by runs of stars", () => {
    expect(new NamePattern(`${"*".repeat(500)}b`).matches("a".repeat(253))).toBe(false);
  });
});
