/** The phases of a run, in their order: each begins with what the one before has left. */
export const phaseNames = ["fill", "idle", "one-row"] as const;

export type PhaseName = (typeof phaseNames)[number];

export const isPhaseName = (name: string): name is PhaseName => phaseNames.some(each => each === name);
