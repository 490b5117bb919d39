/** Which of Jest's projects run together, in this order, and how many of their specs at a time. */
export interface Phase {
  readonly projects: readonly string[];
  readonly workers: number;
}

/** Specs of `cluster` mostly wait for the cluster; those of `disruptive` and `walk` break what they share, so that they run alone. */
const phases: readonly Phase[] = [
  { projects: ["unit", "datasource"], workers: 2 },
  { projects: ["cluster"], workers: 4 },
  { projects: ["disruptive", "walk"], workers: 1 },
];

/** What is to be run: names of projects choose among them, everything else is Jest's. */
export function planRun(args: readonly string[]): { readonly phases: readonly Phase[]; readonly jestArgs: string[] } {
  const known = phases.flatMap(({ projects }) => projects);
  const chosen = known.filter(name => args.includes(name));
  const wanted = chosen.length === 0 ? known : chosen;
  return {
    phases: phases
      .map(phase => ({ ...phase, projects: phase.projects.filter(name => wanted.includes(name)) }))
      .filter(({ projects }) => projects.length > 0),
    jestArgs: args.filter(each => !known.includes(each)),
  };
}

/** How many tests passed, and how many did not. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const numberOf = (fields: Readonly<Record<string, unknown>>, name: string): number => {
  const value = fields[name];
  return typeof value === "number" ? value : 0;
};

/**
 * The counts of one phase, from what Jest wrote to its `--outputFile`. A file of tests that could not even run, and a phase that
 * failed without saying why, count as one failure each.
 *
 * @param report undefined when Jest wrote none.
 */
export function countTests(report: string | undefined, exitCode: number): Counts {
  const parsed: unknown = report === undefined ? {} : JSON.parse(report);
  const results = isFields(parsed) ? parsed : {};
  const passed = numberOf(results, "numPassedTests");
  const failed = numberOf(results, "numFailedTests") + numberOf(results, "numRuntimeErrorTestSuites");
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

export const sum = (counts: readonly Counts[]): Counts => ({
  passed: counts.reduce((total, { passed }) => total + passed, 0),
  failed: counts.reduce((total, { failed }) => total + failed, 0),
});
