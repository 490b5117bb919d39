import { type RolloutStatus, type RolloutStep } from "../../crds";
import { type Belongs, ReachedRows } from "./rollout-cohorts";
import { type RolloutCount } from "./rollout-count";
import { type RolloutRow } from "./rollout-row";
import { timeOf } from "./rollout-time";

/** The value of the approving annotation for a step, from 1: it fits this step of this rollout only, not a later rollout of the same content. */
function approvalOf(target: string, step: number, startTime: string): string {
  return `${target}/${step}/${startTime}`;
}

/** What a step is called: its name, or else what it says. */
export function stepName({ name, when, percent }: RolloutStep): string {
  return name ?? when ?? `${percent ?? 0}%`;
}

export interface StepsInput {
  readonly form: string;
  readonly target: string;
  readonly steps: readonly RolloutStep[];
  readonly rows: readonly RolloutRow[];
  readonly belongs: Belongs;
  readonly count: RolloutCount;
  /** What is on record of this rollout. */
  readonly before: RolloutStatus | undefined;
  readonly startTime: string;
  /** Value of the approving annotation. */
  readonly approval: string | undefined;
  /** Nothing is left to prove: the steps are passed over. */
  readonly isProven: boolean;
  readonly paused: boolean;
  readonly held: boolean;
}

/** Where the steps stand. */
export interface StepsProgress {
  readonly reached: ReachedRows;
  /** Number of steps that are behind. */
  readonly step: number;
  /** All of them are. */
  readonly isLast: boolean;
  readonly hasAdvanced: boolean;
  /** When the nodes of the step were settled. */
  readonly doneTime: string | undefined;
  /** The nodes of the step are settled, and time or an approval is waited for. */
  readonly pauses: boolean;
  /** When the pause ends, in milliseconds; undefined when an approval is all that is missing. */
  readonly pauseEnds: number | undefined;
  /** What the annotation has to say, where an approval is missing. */
  readonly wantedApproval: string | undefined;
}

/** Goes on from the step on record as far as nodes, time and approvals let it. */
export function walkSteps(input: StepsInput, now: number): StepsProgress {
  const { form, target, steps, rows, belongs, count, before, startTime, approval, isProven, paused, held } = input;
  const reached = new ReachedRows(
    form,
    rows.map(({ uid, node }) => ({ uid, updated: node?.revision === target })),
    belongs,
  );
  const first = isProven ? steps.length : Math.min((before?.step ?? 1) - 1, steps.length);
  let step = first;
  // A hold begins the pause anew: what was to be proven has not been.
  let doneTime = held ? undefined : before?.stepDoneTime;
  let pauseEnds: number | undefined;
  let wantedApproval: string | undefined;
  // Content that is proven asks no row about steps: an idle form costs no rendering.
  for (const one of isProven ? [] : steps.slice(0, step)) reached.reach(one);
  for (let next = steps[step]; next !== undefined; next = steps[step]) {
    reached.reach(next);
    if (held || !count.isSettled(rows.filter(({ uid }) => reached.has(uid)))) break;
    doneTime ??= timeOf(now);
    const ends = next.pause?.seconds === undefined ? now : Date.parse(doneTime) + next.pause.seconds * 1000;
    const wanted = next.pause?.approval === true ? approvalOf(target, step + 1, startTime) : approval;
    pauseEnds = now < ends ? ends : undefined;
    wantedApproval = wanted === approval ? undefined : wanted;
    if (paused || pauseEnds !== undefined || wantedApproval !== undefined) break;
    step++;
    doneTime = undefined;
  }
  const isLast = step >= steps.length;
  if (isLast) reached.reachAll();
  const pauses = pauseEnds !== undefined || wantedApproval !== undefined;
  return { reached, step, isLast, hasAdvanced: step > first, doneTime, pauses, pauseEnds, wantedApproval };
}
