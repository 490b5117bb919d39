import { describe, expect, it } from "@jest/globals";

import { countTests, planRun, sum } from "./test-run";

describe("what npm test runs", () => {
  it("is everything, the disruptive specs last and one at a time", () => {
    const { phases, jestArgs } = planRun([]);
    expect(phases.flatMap(({ projects }) => projects)).toEqual(["unit", "datasource", "cluster", "disruptive", "walk"]);
    expect(phases.at(-1)).toEqual({ projects: ["disruptive", "walk"], workers: 1 });
    expect(jestArgs).toEqual([]);
  });

  it("is the projects that are named, and Jest gets the other arguments", () => {
    const { phases, jestArgs } = planRun(["datasource", "-t", "TLS"]);
    expect(phases).toEqual([{ projects: ["datasource"], workers: 2 }]);
    expect(jestArgs).toEqual(["-t", "TLS"]);
  });
});

describe("the counts of a run", () => {
  it("are those of Jest's report", () => {
    expect(countTests('{"numPassedTests":3,"numFailedTests":2}', 1)).toEqual({ passed: 3, failed: 2 });
  });

  it("count a file of tests that cannot run as a failure", () => {
    const report = '{"numPassedTests":3,"numFailedTests":0,"numRuntimeErrorTestSuites":1}';
    expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1 });
  });

  it("count a run that died without a report as a failure", () => {
    expect(countTests(undefined, 1)).toEqual({ passed: 0, failed: 1 });
    expect(countTests('{"numPassedTests":3}', 1)).toEqual({ passed: 3, failed: 1 });
  });

  it("add up", () => {
    expect(
      sum([
        { passed: 1, failed: 0 },
        { passed: 2, failed: 3 },
      ]),
    ).toEqual({ passed: 3, failed: 3 });
  });
});
