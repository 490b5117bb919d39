/**
 * The phases of a run, in their order: each begins with what the one before has left. They are those of the plan, with what removes every row at the
 * end, so that all others have rows to work on.
 */
export const phaseNames = [
  "fill",
  "idle",
  "one-row",
  "form-change",
  "heal",
  "restart",
  "restart-changed",
  "churn",
  "slow-database",
  "lost-database",
  "deactivate-some",
  "deactivate-all",
  "one-of-ten",
] as const;

export type PhaseName = (typeof phaseNames)[number];

export const isPhaseName = (name: string): name is PhaseName => phaseNames.some(each => each === name);
