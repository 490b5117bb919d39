import { describe, expect, it } from "@jest/globals";
import { byResource } from "./by-resource";

describe("findings by resource", () => {
  it("keeps those of a resource and of its fields together, and leaves out those of the form", () => {
    const at = (path: string) => ({ rule: "rule", path, message: "is wrong", parameters: undefined });
    const paths = ["spec", "spec.jobs[1].id", "spec.jobs[12]", "spec.rollout.steps[0].name", "spec.jobs[1]"];
    const found = [...byResource(paths.map(at))].map(([resource, own]) => [resource, own.map(({ path }) => path)]);
    expect(found).toEqual([
      ["spec.jobs[1]", ["spec.jobs[1].id", "spec.jobs[1]"]],
      ["spec.jobs[12]", ["spec.jobs[12]"]],
    ]);
  });
});
