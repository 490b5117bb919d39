import { SetupError } from "../errors";
import { startEnvironment } from "../environment";
import { freePort } from "../port";
import { Inspector } from "../profile/inspector";
import { measureProcess, type ProcessUse, watchLoop } from "../profile/process-use";
import { Stacks, resourcesPerNode } from "../profile/stacks";

const defaultSizes = [250, 500, 1_000];

interface Point {
  readonly nodes: number;
  readonly started: ProcessUse;
}

/**
 * `npm run bench -- memory [N,N,…]`: what an operator that has just started keeps of N nodes with five objects each, and the line through it.
 */
export async function benchMemory(args: readonly string[]): Promise<void> {
  const sizes = args[0] === undefined ? defaultSizes : args[0].split(",").map(Number);
  if (sizes.some(size => !Number.isInteger(size) || size < 1))
    throw new SetupError("usage: npm run bench -- memory [N,N,…], for instance 250,500,1000");
  const environment = await startEnvironment({ log: console.error, withOperator: true });
  const { operator } = environment;
  try {
    if (operator === undefined) throw new Error("the environment has no operator");
    const stacks = await Stacks.open(environment);
    const points: Point[] = [];
    for (const nodes of [...sizes].sort((a, b) => a - b)) {
      await stacks.grow(nodes, console.error);
      await operator.stop();
      const address = `127.0.0.1:${await freePort()}`;
      const starting = operator.start({ NODE_OPTIONS: `--inspect=${address}` });
      const inspector = await Inspector.connectPatiently(address);
      await watchLoop(inspector);
      await starting;
      await stacks.quiet();
      points.push({ nodes, started: await measureProcess(inspector) });
      inspector.close();
    }
    print(points);
    await stacks.close();
  } finally {
    await environment.stop();
  }
}

function print(points: readonly Point[]): void {
  const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(1).padStart(9);
  console.log(
    `   nodes  heap MiB  peak RSS  cpu s  worst lag ms  (after a restart; ${resourcesPerNode} objects a node)`,
  );
  for (const { nodes, started } of points) {
    const { heapBytes, peakBytes, cpuSeconds, lagMilliseconds } = started;
    console.log(
      `${String(nodes).padStart(8)} ${mib(heapBytes)} ${mib(peakBytes)} ${cpuSeconds.toFixed(1).padStart(6)} ${lagMilliseconds.toFixed(0).padStart(13)}`,
    );
  }
  if (points.length < 2) return;
  const heap = line(points.map(({ nodes, started }) => [nodes, started.heapBytes]));
  const peak = line(points.map(({ nodes, started }) => [nodes, started.peakBytes]));
  const at = (size: number, { slope, base }: { slope: number; base: number }) => mib(base + slope * size).trim();
  console.log(`heap: ${(heap.slope / 1024).toFixed(2)} KiB a node; at 10,000 nodes ${at(10_000, heap)} MiB`);
  console.log(`peak RSS: ${(peak.slope / 1024).toFixed(2)} KiB a node; at 10,000 nodes ${at(10_000, peak)} MiB`);
}

/** Least squares. */
function line(points: readonly (readonly [number, number])[]): { slope: number; base: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([nodes]) => nodes));
  const y = mean(points.map(([, bytes]) => bytes));
  const slope =
    points.reduce((sum, [nodes, bytes]) => sum + (nodes - x) * (bytes - y), 0) /
    points.reduce((sum, [nodes]) => sum + (nodes - x) ** 2, 0);
  return { slope, base: y - slope * x };
}
