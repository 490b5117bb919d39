import { describe, expect, it } from "@jest/globals";
import { TemplateCache } from "../template";
import { Cohorts } from "./cohort";

const cohorts = (when: string | undefined, sensitive: string[] = []) =>
  new Cohorts(
    [when === undefined ? { percent: 10 } : { when }],
    "gotemplate",
    { hub: "customers", form: "web" },
    new Set(sensitive),
    new TemplateCache(10),
  );
const values = new Map([
  ["uid", "acme"],
  ["plan", "gold"],
  ["token", "hunter2"],
]);

describe("a row", () => {
  it.each([
    ['{{ eq .plan "gold" }}', true],
    ['{{ eq .plan "basic" }}', false],
    ['{{ hasPrefix "ac" .uid }}', true],
    ['{{ eq .hubId "customers" }}', true],
    ["{{ .missing }}", false],
    ["", false],
    [undefined, false],
  ])("belongs to a step whose when is %j: %s", (when, belongs) => {
    expect(cohorts(when).belongs(0, "acme", values)).toBe(belongs);
  });

  it("belongs to no step that is not there", () => {
    expect(cohorts("true").belongs(1, "acme", values)).toBe(false);
  });
});

describe("a step that cannot be decided", () => {
  it.each([
    ["{{ .plan }}", 'spec.rollout.steps[0].when: renders "gold", but the field takes true or false'],
    ['{{ fail "no" }}', "spec.rollout.steps[0].when: line 1, column 4: error calling fail: no"],
    ["{{ .plan", expect.stringMatching(/^spec\.rollout\.steps\[0\]\.when: line 1, /)],
  ])("(%s) leaves the row out, and says why", (when, message) => {
    const one = cohorts(when);
    expect(one.belongs(0, "acme", values)).toBe(false);
    expect(one.fault).toEqual({ uid: "acme", message });
  });

  it("names the first such row only", () => {
    const one = cohorts("{{ .plan }}");
    one.belongs(0, "acme", values);
    one.belongs(0, "globex", values);
    expect(one.fault?.uid).toBe("acme");
  });

  it("never sees a sensitive value, and so shows none", () => {
    const one = cohorts("{{ .token }}", ["token"]);
    expect(one.belongs(0, "acme", values)).toBe(false);
    expect(JSON.stringify(one.fault)).not.toContain("hunter2");
  });
});
