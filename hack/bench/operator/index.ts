import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";

import { parseArguments, type BenchArguments, usage } from "./arguments";
import { type BenchReport } from "./report/figures";
import { plot } from "./report/plot";
import { describeComparison } from "./report/comparison";
import { describeSize } from "./report/terminal";
import { runSize, type SizeResult } from "./run";

const load = (): number => loadavg()[0] ?? 0;

/** Whose turn the floor's is for the number of rows at this place of the list. */
function floorTurn({ floor }: BenchArguments, index: number): SizeResult["floorTurn"] {
  if (floor !== "alternate") return floor;
  return index % 2 === 0 ? "before" : "after";
}

function write(folder: string, report: BenchReport): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "bench.json"), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(folder, "bench.svg"), plot(report.sizes));
}

/** `npm run bench`: an operator from outside, beside a bare loop of the same writes (docs/bench.md). */
export async function benchOperator(args: readonly string[]): Promise<void> {
  const given = parseArguments(args);
  if (given.help) {
    console.log(usage);
    return;
  }
  const startedAt = new Date().toISOString();
  const loadBefore = load();
  const sizes: SizeResult[] = [];
  const save = (sofar: readonly SizeResult[]) => {
    write(given.out, {
      startedAt,
      endedAt: new Date().toISOString(),
      arguments: { ...given },
      machine: {
        cpus: cpus().length,
        cpuModel: cpus()[0]?.model ?? "unknown",
        memoryBytes: totalmem(),
        node: process.versions.node,
        loadBefore,
        loadAfter: load(),
      },
      sizes: sofar,
    });
  };
  const operators = given.command === undefined ? [true] : given.withOurs ? [true, false] : [false];
  for (const [index, rows] of given.rows.entries()) {
    for (const isOurs of operators) {
      const size = await runSize({
        rows,
        isOurs,
        floorTurn: floorTurn(given, index),
        arguments: given,
        log: console.error,
        onProgress: sofar => {
          save([...sizes, sofar]);
        },
      });
      sizes.push(size);
      console.log(`\n${describeSize(size)}\n`);
    }
  }
  const comparison = describeComparison(sizes);
  if (comparison !== "") console.log(`${comparison}\n`);
  console.log(`written: ${join(given.out, "bench.json")}, ${join(given.out, "bench.svg")}`);
  if (sizes.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}
