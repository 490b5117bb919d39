import { describe, expect, it } from "@jest/globals";
import { type LynqHubObject, type RolloutStep } from "../../../crds";
import { checkForm } from "./form";

const hub: LynqHubObject = {
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqHub",
  metadata: { name: "customers" },
  spec: {
    source: { type: "mysql", mysql: { host: "h", database: "d", table: "t", username: "u" } },
    valueMappings: { uid: "id", activate: "active" },
    extraValueMappings: { ring: "ring", token: "token" },
    sensitiveValues: ["token"],
  },
};
const check = (steps: RolloutStep[]) => {
  const spec = { hubId: "customers", rollout: { steps }, configMaps: [] };
  const { errors, warnings } = checkForm({ spec }, hub);
  return [...errors, ...warnings]
    .filter(({ path }) => path !== "spec")
    .map(({ path, message }) => `${path}: ${message}`);
};
const one = (step: RolloutStep) => check([step]).map(text => text.replace("spec.rollout.steps[0]", "…"));

describe("the steps of a rollout", () => {
  it("may choose by an expression and by rising percentages", () => {
    const steps = [
      { name: "canary", when: '{{ eq .ring "early" }}', pause: { approval: true } },
      { percent: 10, pause: { seconds: 600 } },
      { percent: 50 },
    ];
    expect(check(steps)).toEqual([]);
  });

  it.each<[string, RolloutStep, string[]]>([
    ["neither", {}, ["…: needs when or percent, which say what rows belong to the step"]],
    ["both", { when: "true", percent: 5 }, ["…: has both when and percent; make two steps of them, or keep one"]],
    [
      "a typo",
      { when: "{{ .rign }}" },
      ["….when: hub customers maps no variable .rign (line 1, column 4); did you mean ring?"],
    ],
    [
      "a word",
      { when: "early" },
      ['….when: renders "early", but the field takes true or false; write a template such as {{ .enabled }}'],
    ],
    [
      "chance",
      { when: "{{ randInt 0 2 }}" },
      ["….when: calls a function that gives another result each time (now, rand*, gen*, uuidv4)"],
    ],
    [
      "a secret",
      { when: '{{ eq .token "x" }}' },
      [
        "….when: uses .token, declared sensitive by hub customers; a sensitive value cannot be part of a rollout's step",
      ],
    ],
    ["an empty pause", { percent: 5, pause: {} }, ["….pause: waits for nothing; give seconds, or approval: true"]],
  ])("are told when one has %s", (_, step, problems) => {
    expect(one(step)).toEqual(problems);
  });

  it("are told with the template's own fault", () => {
    expect(one({ when: "{{ .ring" })).toEqual([expect.stringMatching(/^….when: line 1, column \d+: /)]);
  });

  it("are told when percentages do not rise, or names are used twice", () => {
    expect(check([{ name: "a", percent: 50 }, { name: "a", when: "true" }, { percent: 50 }])).toEqual([
      'spec.rollout.steps[1].name: another step is called "a", too; status could not tell them apart',
      "spec.rollout.steps[2].percent: 50 is not more than the 50 of an earlier step; percentages count all nodes that have moved, so they rise",
    ]);
  });
});
