import { none, type None, rule } from "./rule";

/** Rules of spec.rollout. */
export const rolloutRules = {
  cohortMissing: rule<None>({
    id: "rollout-step-empty",
    severity: "error",
    checks: "a step of a rollout says which rows belong to it",
    example: none,
    message: () => "needs when or percent, which say what rows belong to the step",
    fix: "write `when: '{{ eq .plan \"internal\" }}'` or `percent: 10`; all other rows follow after the last step",
  }),
  cohortTwice: rule<None>({
    id: "rollout-step-ambiguous",
    severity: "error",
    checks: "a step of a rollout chooses rows in one way",
    example: none,
    message: () => "has both when and percent; make two steps of them, or keep one",
    fix: "make two steps of it, or keep one of the two",
  }),
  percentOrder: rule<{ percent: number; before: number }>({
    id: "rollout-percent-order",
    severity: "error",
    checks: "percentages of steps rise",
    example: { percent: 10, before: 50 },
    message: ({ percent, before }) =>
      `${percent} is not more than the ${before} of an earlier step; percentages count all nodes that have moved, so they rise`,
    fix: "order the steps by their percentage; each counts those of the steps before it, too",
  }),
  nameTwice: rule<{ name: string }>({
    id: "rollout-step-name-twice",
    severity: "error",
    checks: "names of steps are unique",
    example: { name: "canary" },
    message: ({ name }) => `another step is called ${JSON.stringify(name)}, too; status could not tell them apart`,
    fix: "give each step a name of its own, or none",
  }),
  pauseEmpty: rule<None>({
    id: "rollout-pause-empty",
    severity: "warning",
    checks: "a pause says what it waits for",
    example: none,
    message: () => "waits for nothing; give seconds, or approval: true",
    fix: "set `seconds` or `approval: true`, or remove the pause",
  }),
};
