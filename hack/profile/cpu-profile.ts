/** A profile as V8 writes it (`*.cpuprofile`; Chrome DevTools and editors open it). */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  /** Id of the node that ran at each sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly place: string;
  readonly milliseconds: number;
  /** Of the time in which the process did something. */
  readonly share: number;
}

/** Functions by the time in which they themselves ran, the longest first; without the time in which nothing did. */
export function selfTimes(
  { nodes, samples, timeDeltas }: CpuProfile,
  place: (name: string, url: string, line: number, column: number) => string,
): SelfTime[] {
  const places = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber, columnNumber } }) => [
      id,
      place(functionName, url, lineNumber, columnNumber),
    ]),
  );
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = places.get(id) ?? "";
    // A sample stands for the time until the next one.
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index + 1] ?? 0) / 1_000);
  }
  times.delete("(idle)");
  times.delete("(root)");
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([name, milliseconds]) => ({ place: name, milliseconds, share: total === 0 ? 0 : milliseconds / total }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
