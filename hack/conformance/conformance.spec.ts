import { describe, expect, it } from "@jest/globals";

import { Answerer } from "../template/answer";
import { lineOf } from "./case";
import { compare } from "./comparison";
import { knownDifferences } from "./differences";
import { generateCases } from "./generator";
import { recordedCases } from "./recording";

describe("generated templates, as Go rendered them", () => {
  const recorded = recordedCases();

  it("are rendered the same or refused, but for known differences", () => {
    const comparisons = compare(
      recorded,
      recorded.map(({ go }) => go),
      knownDifferences(),
    );
    expect(comparisons.filter(({ verdict }) => verdict === "disagrees")).toEqual([]);
    expect(comparisons.filter(({ verdict }) => verdict === "agrees").length).toBeGreaterThan(recorded.length * 0.98);
  });

  it("are both valid and invalid", () => {
    const refused = recorded.filter(({ go }) => "error" in go).length;
    expect(recorded.length).toBeGreaterThanOrEqual(2_500);
    expect(refused).toBeGreaterThan(recorded.length * 0.2);
    expect(refused).toBeLessThan(recorded.length * 0.7);
  });

  it("are decided by their seed", () => {
    expect(generateCases(7, 50)).toEqual(generateCases(7, 50));
    expect(generateCases(7, 50)).not.toEqual(generateCases(8, 50));
  });
});

describe("known differences", () => {
  const answerer = new Answerer();
  const cases = knownDifferences().flatMap(({ name, cases }) => cases.map(each => ({ name, ...each })));

  it.each(cases)("$name: $template", ({ template, go, ours }) => {
    const answer = answerer.answer(lineOf({ template, data: "{}", missingKey: "default" }));
    expect("output" in answer ? { output: answer.output } : { error: answer.error }).toEqual(ours);
    expect(ours).not.toEqual(go);
  });
});
