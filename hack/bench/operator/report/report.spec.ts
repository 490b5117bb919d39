import { describe, expect, it } from "@jest/globals";

import { type Cost } from "../meter";
import { type PhaseResult } from "../phases/phase";
import { type SizeResult } from "../run";
import { describeComparison } from "./comparison";
import { goalsOf } from "./goals";
import { plot } from "./plot";
import { describeSize } from "./terminal";

const database = { queries: 8, otherStatements: 0, connections: 0, rowsRead: 0, rowsSent: 0, bytesSent: 0 };

const cost = (requests: Partial<Cost["requests"]>, more: Partial<Cost> = {}): Cost => ({
  seconds: 40,
  requests: { byKind: {}, reads: 0, writes: 0, watchesOpened: 0, refused: {}, ...requests },
  openWatches: 17,
  database,
  cpuSeconds: 2,
  peakRssBytes: 200 * 2 ** 20,
  sockets: 40,
  loopDelay: undefined,
  ...more,
});

const phase = (name: PhaseResult["phase"], more: Partial<PhaseResult>): PhaseResult => ({
  phase: name,
  title: `the phase ${name}`,
  nodes: 100,
  seconds: {},
  samples: {},
  cost: cost({}),
  ...more,
});

const times = (p95: number) => ({ count: 20, min: 1, p50: p95 / 2, p95, max: p95 });

const size: SizeResult = {
  operator: "ours",
  isOurs: true,
  rows: 100,
  floorTurn: "before",
  floor: {
    concurrency: 32,
    sweep: { 16: 300, 32: 400 },
    fill: { writtenSeconds: 8, settledSeconds: 10 },
    deletion: { writtenSeconds: 2, settledSeconds: 4 },
    requests: cost({}).requests,
    available: [1, 5, 10],
  },
  phases: [
    phase("fill", {
      seconds: { "first poll": 3, "all nodes": 5, "all children": 14, "all available": 14, "all Ready": 15 },
      cost: cost({ reads: 7, writes: 893, byKind: { "patch pods": 893, "list pods": 7 } }),
      curves: { Ready: [4, 9, 15], available: [3, 8, 14] },
    }),
    phase("one-row", { samples: { "from poll": times(60) } }),
    phase("deactivate-all", { seconds: { "first poll": 1, "all gone": 5 } }),
    phase("one-of-ten", { samples: { "from poll": times(30) } }),
  ],
  failures: [],
};

describe("the goals", () => {
  const verdicts = Object.fromEntries(goalsOf(size).map(({ measure, value, isMet }) => [measure, [value, isMet]]));

  it("are looked at where the run has both sides", () => {
    expect(verdicts).toEqual({
      "cold fill ÷ floor": [1.5, false],
      "requests a node in the fill": [9, true],
      "reads of objects a node in the fill": [0, true],
      "one row among all ÷ among ten, p95 from the poll": [2, false],
      "peak memory, MiB": [200, true],
      "deletion of all ÷ floor": [1.25, true],
    });
  });

  it("are ours alone", () => {
    expect(goalsOf({ ...size, isOurs: false })).toEqual([]);
  });
});

describe("the table of a size", () => {
  it("tells requests a node by what they are, and ratios to the floor with both of their moments", () => {
    const text = describeSize(size);
    expect(text).toContain("requests a node: patch pods 8.93, list pods 0.07");
    expect(text).toContain("fill ÷ floor: 1.5, from the INSERT to all Ready ÷ to all available: the ratio of record");
    expect(text).toContain("1.88, to all Ready ÷ to all written");
    expect(text).toContain("deletion ÷ floor: 1.25");
    expect(text).not.toContain("NO RESULT");
  });

  it("says why there is no result", () => {
    expect(describeSize({ ...size, failures: [{ where: "idle", reason: "3 faults" }] })).toContain(
      "NO RESULT of idle: 3 faults",
    );
  });
});

describe("the comparison of two operators", () => {
  it("tells what the other needs in times of ours", () => {
    const other: SizeResult = {
      ...size,
      isOurs: false,
      phases: [
        phase("fill", {
          seconds: { "all Ready": 75 },
          cost: cost({ reads: 8_000, writes: 1_000 }, { cpuSeconds: 20 }),
        }),
      ],
    };
    const [, , head, line] = describeComparison([size, other]).split("\n");
    expect(head?.split(/ {2,}/)).toEqual([
      "rows",
      "phase",
      "seconds",
      "p95 from poll",
      "requests",
      "queries",
      "CPU",
      "peak MiB",
    ]);
    expect(line?.split(/ {3,}/)).toEqual(["100", "fill", "5 ×", "-", "10 ×", "1 ×", "10 ×", "1 ×"]);
  });

  it("is empty where one ran alone", () => {
    expect(describeComparison([size])).toBe("");
  });
});

describe("the plot", () => {
  it("has a panel for each size, with a line for each side", () => {
    const svg = plot([size, { ...size, rows: 1_000, operator: "a < b" }]);
    expect(svg.match(/<polyline/g)).toHaveLength(6);
    expect(svg).toContain("Cold fill of 1000 rows: a &lt; b");
    expect(svg).toContain('viewBox="0 0 560 520"');
  });

  it("stays small with many rows, and still ends where the last one got there", () => {
    const available = Array.from({ length: 5_000 }, (_, index) => index / 100);
    const [fill] = size.phases;
    const svg = plot([
      { ...size, phases: fill === undefined ? [] : [{ ...fill, curves: { available } }], floor: undefined },
    ]);
    expect(svg.length).toBeLessThan(10_000);
    expect(svg).toContain('540.0,46.0"/>');
  });
});
